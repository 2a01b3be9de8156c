# A secret per account, without a version: the key itself is added by hand and never enters Terraform's state.
resource "google_secret_manager_secret" "api_key" {
  for_each = var.accounts

  project   = var.project_id
  secret_id = "${var.name}-${each.key}-api-key"
  labels    = local.labels

  replication {
    auto {}
  }

  depends_on = [google_project_service.api]
}

resource "google_secret_manager_secret_iam_member" "reader" {
  for_each = local.function_grants

  project   = var.project_id
  secret_id = google_secret_manager_secret.api_key[each.value.account].secret_id
  role      = "roles/secretmanager.secretAccessor"
  member    = "serviceAccount:${local.function_emails[each.value.function]}"
}
