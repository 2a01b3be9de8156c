# The key of the pseudonyms, if addresses are not stored as they are: the first batch makes its only version, so that it never
# enters Terraform's state. No other key fits the data, so it is not replaced, and not destroyed while data is protected.
resource "google_secret_manager_secret" "pseudonym_key" {
  for_each = var.settings.pseudonyms ? toset(["key"]) : toset([])

  project             = var.project_id
  secret_id           = "${var.name}-pseudonym-key"
  labels              = local.labels
  deletion_protection = var.protect_data

  replication {
    auto {}
  }

  depends_on = [google_project_service.api]
}

locals {
  # Functions make the key and read it; operators erase by address and loaders load addresses, so these read it.
  pseudonym_functions = var.settings.pseudonyms ? { for function in keys(local.functions) : function => "serviceAccount:${local.function_emails[function]}" } : {}
  pseudonym_people = var.settings.pseudonyms ? merge(
    { for operator in var.operators : "operator/${operator}" => operator },
    { for loader in var.loaders : "loader/${loader}" => loader },
  ) : {}
}

resource "google_secret_manager_secret_iam_member" "pseudonym_reader" {
  for_each = merge(local.pseudonym_functions, local.pseudonym_people)

  project   = var.project_id
  secret_id = google_secret_manager_secret.pseudonym_key["key"].secret_id
  role      = "roles/secretmanager.secretAccessor"
  member    = each.value
}

# They look whether there is a key, and add it.
resource "google_secret_manager_secret_iam_member" "pseudonym_maker" {
  for_each = { for pair in setproduct(["secretVersionAdder", "viewer"], keys(local.pseudonym_functions)) : "${pair[0]}/${pair[1]}" => { role = pair[0], function = pair[1] } }

  project   = var.project_id
  secret_id = google_secret_manager_secret.pseudonym_key["key"].secret_id
  role      = "roles/secretmanager.${each.value.role}"
  member    = local.pseudonym_functions[each.value.function]
}

# Before the first batch, the tables are looked into: pseudonyms beside addresses as they are would join nothing.
resource "google_bigquery_dataset_iam_member" "pseudonym_check" {
  for_each = local.pseudonym_functions

  project    = var.project_id
  dataset_id = google_bigquery_dataset.data.dataset_id
  role       = "roles/bigquery.dataViewer"
  member     = each.value
}
