locals {
  # sql/<table>/table.json is a Table resource of BigQuery's API. The functions and the embedded warehouse read it, too.
  sql_folder = "${path.module}/../sql"
  tables     = { for file in fileset(local.sql_folder, "*/table.json") : dirname(file) => jsondecode(file("${local.sql_folder}/${file}")) }

  # The contacts that a sync has seen so far are not a result: the table is in the staging dataset, but does not expire.
  working_tables = ["contacts_seen"]
  far_future_ms  = 4102444800000 # 1 January 2100

  # Tables that loaders fill. One that a customer's view replaces is not among them: rows in it would have no effect.
  loaded_tables = setsubtract(["conversions", "users", "attribution_settings"], keys(local.customer_views))

  bigquery_location = coalesce(var.bigquery_location, var.region)

  # The table that each function merges rows into, by "<function>/<table>".
  table_writers = {
    for pair in flatten([
      for function, settings in local.functions : [
        for table in settings.merges_into : { function = function, table = table }
      ]
    ]) : "${pair.function}/${pair.table}" => pair
  }

  # The table that each function reads and does not change, by "<function>/<table>".
  table_readers = {
    for pair in flatten([
      for function, settings in local.functions : [
        for table in settings.reads : { function = function, table = table }
      ]
    ]) : "${pair.function}/${pair.table}" => pair
  }
}

resource "google_bigquery_dataset" "data" {
  project     = var.project_id
  dataset_id  = var.dataset
  location    = local.bigquery_location
  description = "E-mail activities, contacts and campaigns of ActiveCampaign, synced by Sendtrail."
  labels      = local.labels

  depends_on = [google_project_service.api]
}

# Batches on their way into the tables. A batch is dropped after its MERGE; if that fails, it expires after a day.
resource "google_bigquery_dataset" "staging" {
  project                     = var.project_id
  dataset_id                  = "${var.dataset}_staging"
  location                    = local.bigquery_location
  description                 = "Sendtrail's batches on their way into ${var.dataset}. Tables expire after a day."
  default_table_expiration_ms = 24 * 60 * 60 * 1000
  delete_contents_on_destroy  = true
  labels                      = local.labels

  depends_on = [google_project_service.api]
}

resource "google_bigquery_table" "table" {
  for_each = local.tables

  project     = var.project_id
  dataset_id  = contains(local.working_tables, each.key) ? google_bigquery_dataset.staging.dataset_id : google_bigquery_dataset.data.dataset_id
  table_id    = each.key
  description = join("", [try("Not used: the views read ${local.customer_views[each.key]} instead. ", ""), each.value.description])
  schema      = jsonencode(each.value.schema.fields)
  clustering  = try(each.value.clustering.fields, null)
  labels      = merge(local.labels, try(each.value.labels, {}))

  expiration_time          = contains(local.working_tables, each.key) ? local.far_future_ms : null
  require_partition_filter = try(each.value.requirePartitionFilter, false)
  deletion_protection      = var.protect_data

  dynamic "time_partitioning" {
    for_each = try([each.value.timePartitioning], [])
    content {
      type          = time_partitioning.value.type
      field         = time_partitioning.value.field
      expiration_ms = each.key == "email_activities" ? var.activity_retention_days * 24 * 60 * 60 * 1000 : try(tonumber(time_partitioning.value.expirationMs), null)
    }
  }
}

# A function may change the tables that it merges into, look into those that it reads, and touch no others.
resource "google_bigquery_table_iam_member" "merge" {
  for_each = local.table_writers

  project    = var.project_id
  dataset_id = google_bigquery_table.table[each.value.table].dataset_id
  table_id   = google_bigquery_table.table[each.value.table].table_id
  role       = "roles/bigquery.dataEditor"
  member     = "serviceAccount:${local.function_emails[each.value.function]}"
}

resource "google_bigquery_table_iam_member" "read" {
  for_each = local.table_readers

  project    = var.project_id
  dataset_id = google_bigquery_table.table[each.value.table].dataset_id
  table_id   = google_bigquery_table.table[each.value.table].table_id
  role       = "roles/bigquery.dataViewer"
  member     = "serviceAccount:${local.function_emails[each.value.function]}"
}

resource "google_bigquery_dataset_iam_member" "stage" {
  for_each = local.functions

  project    = var.project_id
  dataset_id = google_bigquery_dataset.staging.dataset_id
  role       = "roles/bigquery.dataEditor"
  member     = "serviceAccount:${local.function_emails[each.key]}"
}

# Jobs belong to the project: the right to run them can only be granted there.
resource "google_project_iam_member" "job" {
  for_each = local.functions

  project = var.project_id
  role    = "roles/bigquery.jobUser"
  member  = "serviceAccount:${local.function_emails[each.key]}"
}

resource "google_bigquery_dataset_iam_member" "reader" {
  for_each = var.readers

  project    = var.project_id
  dataset_id = google_bigquery_dataset.data.dataset_id
  role       = "roles/bigquery.dataViewer"
  member     = each.key
}

# People and jobs that load conversions, map users to contacts and change the attribution settings.
resource "google_bigquery_table_iam_member" "load" {
  for_each = { for pair in setproduct(local.loaded_tables, var.loaders) : "${pair[0]} by ${pair[1]}" => { table = pair[0], member = pair[1] } }

  project    = var.project_id
  dataset_id = google_bigquery_table.table[each.value.table].dataset_id
  table_id   = google_bigquery_table.table[each.value.table].table_id
  role       = "roles/bigquery.dataEditor"
  member     = each.value.member
}

# A load uses a staging table, as every batch does.
resource "google_bigquery_dataset_iam_member" "load" {
  for_each = var.loaders

  project    = var.project_id
  dataset_id = google_bigquery_dataset.staging.dataset_id
  role       = "roles/bigquery.dataEditor"
  member     = each.key
}

resource "google_project_iam_member" "load" {
  for_each = var.loaders

  project = var.project_id
  role    = "roles/bigquery.jobUser"
  member  = each.key
}
