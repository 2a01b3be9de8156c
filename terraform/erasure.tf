# The key of the erased list: `sendtrail erase` makes its only version, so that it never enters Terraform's state. Without it
# nobody knows who was erased: it is not replaced, and not destroyed while data is protected.
resource "google_secret_manager_secret" "erasure_key" {
  project             = var.project_id
  secret_id           = "${var.name}-erasure-key"
  labels              = local.labels
  deletion_protection = var.protect_data

  replication {
    auto {}
  }

  depends_on = [google_project_service.api]
}

# Whoever stores rows has to know whose are not stored.
resource "google_secret_manager_secret_iam_member" "erasure_reader" {
  for_each = merge(
    { for function in keys(local.functions) : function => "serviceAccount:${local.function_emails[function]}" },
    { for operator in var.operators : "operator/${operator}" => operator },
    { for loader in var.loaders : "loader/${loader}" => loader },
  )

  project   = var.project_id
  secret_id = google_secret_manager_secret.erasure_key.secret_id
  role      = "roles/secretmanager.secretAccessor"
  member    = each.value
}

# The first erasure makes the key: it looks whether there is one, and adds it.
resource "google_secret_manager_secret_iam_member" "erasure_maker" {
  for_each = { for pair in setproduct(["secretVersionAdder", "viewer"], var.operators) : "${pair[0]}/${pair[1]}" => { role = pair[0], member = pair[1] } }

  project   = var.project_id
  secret_id = google_secret_manager_secret.erasure_key.secret_id
  role      = "roles/secretmanager.${each.value.role}"
  member    = each.value.member
}

# Where contacts who are gone from ActiveCampaign are erased, the contacts worker may be the first who erases somebody.
resource "google_secret_manager_secret_iam_member" "erasure_maker_worker" {
  for_each = var.settings.erase_gone_after_days == null ? toset([]) : toset(["secretVersionAdder", "viewer"])

  project   = var.project_id
  secret_id = google_secret_manager_secret.erasure_key.secret_id
  role      = "roles/secretmanager.${each.value}"
  member    = "serviceAccount:${local.function_emails["contacts_worker"]}"
}

# It erases from every table, as operators do, and only where it has to.
resource "google_bigquery_dataset_iam_member" "erase_gone" {
  for_each = var.settings.erase_gone_after_days == null ? toset([]) : toset([google_bigquery_dataset.data.dataset_id])

  project    = var.project_id
  dataset_id = each.value
  role       = "roles/bigquery.dataEditor"
  member     = "serviceAccount:${local.function_emails["contacts_worker"]}"
}

# Operators erase from every table; a table that a customer's view replaces is the customer's.
resource "google_bigquery_dataset_iam_member" "erase" {
  for_each = { for pair in setproduct([google_bigquery_dataset.data.dataset_id, google_bigquery_dataset.staging.dataset_id], var.operators) : "${pair[0]}/${pair[1]}" => { dataset = pair[0], member = pair[1] } }

  project    = var.project_id
  dataset_id = each.value.dataset
  role       = "roles/bigquery.dataEditor"
  member     = each.value.member
}

resource "google_project_iam_member" "erase" {
  for_each = var.operators

  project = var.project_id
  role    = "roles/bigquery.jobUser"
  member  = each.key
}

# Who loads conversions reads the erased list, and nothing else of Firestore than this database.
resource "google_project_iam_member" "erased_list" {
  for_each = var.loaders

  project = var.project_id
  role    = "roles/datastore.viewer"
  member  = each.key

  condition {
    title      = "the database ${var.name} only"
    expression = "resource.name == \"projects/${var.project_id}/databases/${google_firestore_database.state.name}\""
  }
}
