locals {
  # What each connection document holds, as sendtrail/gcp reads it; the key is a reference to Secret Manager.
  connections = {
    for id, account in var.accounts : id => {
      apiUrl            = { stringValue = trimsuffix(account.api_url, "/") }
      apiKeySecret      = { stringValue = "projects/${var.project_id}/secrets/${google_secret_manager_secret.api_key[id].secret_id}/versions/latest" }
      timeZone          = { stringValue = account.time_zone }
      requestsPerSecond = { doubleValue = account.requests_per_second }
      shareKeptFree     = { doubleValue = account.share_kept_free }
      enabled           = { booleanValue = account.enabled }
    }
  }
}

# Checkpoints, rate budgets, runs and connections. A database of our own leaves a project's other ones alone.
resource "google_firestore_database" "state" {
  name                    = var.name
  location_id             = coalesce(var.firestore_location, var.region)
  type                    = "FIRESTORE_NATIVE"
  concurrency_mode        = "PESSIMISTIC"
  delete_protection_state = var.protect_data ? "DELETE_PROTECTION_ENABLED" : "DELETE_PROTECTION_DISABLED"
  deletion_policy         = "DELETE"

  depends_on = [google_project_service.api]
}

# Runs vanish within a day after their expires_at, which needs no index: on times that only grow one would be a hot spot.
resource "google_firestore_field" "run_expiry" {
  database   = google_firestore_database.state.name
  collection = "runs"
  field      = "expires_at"

  ttl_config {}
  index_config {}
}

resource "google_firestore_document" "connection" {
  for_each = local.connections

  database    = google_firestore_database.state.name
  collection  = "activecampaign_connections"
  document_id = each.key
  fields      = jsonencode(each.value)
}

# Firestore has no policy of its own: the project's, narrowed down to this database.
# https://cloud.google.com/firestore/docs/manage-databases#database_access_permissions
resource "google_project_iam_member" "state" {
  for_each = local.functions

  project = var.project_id
  role    = "roles/datastore.user"
  member  = "serviceAccount:${local.emails[each.key]}"

  condition {
    title      = "the database ${var.name} only"
    expression = "resource.name == \"projects/${var.project_id}/databases/${google_firestore_database.state.name}\""
  }
}
