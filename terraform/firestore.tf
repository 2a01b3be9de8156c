locals {
  firestore_location = coalesce(var.firestore_location, var.region)

  # The fields of each connection document, as the functions read them. The key is a reference to Secret Manager.
  connections = {
    for id, account in var.accounts : id => {
      apiUrl            = { stringValue = trimsuffix(account.api_url, "/") }
      apiKeySecret      = { stringValue = "projects/${var.project_id}/secrets/${google_secret_manager_secret.api_key[id].secret_id}/versions/latest" }
      timeZone          = { stringValue = account.time_zone }
      requestsPerSecond = { doubleValue = account.requests_per_second }
      shareKeptFree     = { doubleValue = account.share_kept_free }
      enabled           = { booleanValue = account.enabled }
      movedFrom         = { stringValue = account.moved_from }
    }
  }
}

# Checkpoints, rate budgets, runs and connections. The database is Sendtrail's own: others in the project are not touched.
resource "google_firestore_database" "state" {
  project                 = var.project_id
  name                    = var.name
  location_id             = local.firestore_location
  type                    = "FIRESTORE_NATIVE"
  concurrency_mode        = "PESSIMISTIC"
  delete_protection_state = var.protect_data ? "DELETE_PROTECTION_ENABLED" : "DELETE_PROTECTION_DISABLED"
  deletion_policy         = "DELETE"

  depends_on = [google_project_service.api]
}

# Google deletes runs within a day after expires_at. The field has no index: an index on ever-increasing times would be a
# hotspot.
resource "google_firestore_field" "run_expiry" {
  project    = var.project_id
  database   = google_firestore_database.state.name
  collection = "runs"
  field      = "expires_at"

  ttl_config {}
  index_config {}
}

resource "google_firestore_document" "connection" {
  for_each = local.connections

  project     = var.project_id
  database    = google_firestore_database.state.name
  collection  = "activecampaign_connections"
  document_id = each.key
  fields      = jsonencode(each.value)
}

# Firestore has no IAM policy of its own: the grant is on the project, limited to this database by a condition.
# https://cloud.google.com/firestore/docs/manage-databases#database_access_permissions
resource "google_project_iam_member" "state" {
  for_each = merge(
    { for function in keys(local.functions) : function => "serviceAccount:${local.function_emails[function]}" },
    { for operator in var.operators : "operator/${operator}" => operator },
  )

  project = var.project_id
  role    = "roles/datastore.user"
  member  = each.value

  condition {
    title      = "the database ${var.name} only"
    expression = "resource.name == \"projects/${var.project_id}/databases/${google_firestore_database.state.name}\""
  }
}
