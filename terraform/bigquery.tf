locals {
  # sql/<table>/table.json is BigQuery's own Table resource; the functions and the embedded warehouse read the same files.
  sql    = "${path.module}/../sql"
  tables = { for file in fileset(local.sql, "*/table.json") : dirname(file) => jsondecode(file("${local.sql}/${file}")) }

  # Which contacts a pass has seen so far is no result: it lies with the batches, though it does not expire as they do.
  working_tables = ["contacts_seen"]
  never          = 4102444800000 # 1 January 2100

  # What no function writes. Nobody may load what nothing reads: it would seem to be in, and earn nothing.
  loaded_tables = setsubtract(["conversions", "users", "attribution_settings"], keys(local.instead))

  bigquery_location = coalesce(var.bigquery_location, var.region)

  merges = {
    for pair in flatten([
      for function, settings in local.functions : [
        for table in settings.merges_into : { function = function, table = table }
      ]
    ]) : "${pair.function}/${pair.table}" => pair
  }
}

resource "google_bigquery_dataset" "data" {
  dataset_id  = var.dataset
  location    = local.bigquery_location
  description = "E-mail activities, contacts and campaigns of ActiveCampaign, kept by Sendtrail."

  depends_on = [google_project_service.api]
}

# Batches on their way into the tables. Each is dropped after its MERGE, and a day later where that did not come to pass.
resource "google_bigquery_dataset" "staging" {
  dataset_id                  = "${var.dataset}_staging"
  location                    = local.bigquery_location
  description                 = "Sendtrail's batches on their way into ${var.dataset}; tables expire after a day."
  default_table_expiration_ms = 24 * 60 * 60 * 1000
  delete_contents_on_destroy  = true

  depends_on = [google_project_service.api]
}

resource "google_bigquery_table" "table" {
  for_each = local.tables

  dataset_id  = contains(local.working_tables, each.key) ? google_bigquery_dataset.staging.dataset_id : google_bigquery_dataset.data.dataset_id
  table_id    = each.key
  description = join("", [try("Not read: the views read ${local.instead[each.key]} instead. ", ""), each.value.description])
  schema      = jsonencode(each.value.schema.fields)
  clustering  = try(each.value.clustering.fields, null)

  expiration_time          = contains(local.working_tables, each.key) ? local.never : null
  require_partition_filter = try(each.value.requirePartitionFilter, false)
  deletion_protection      = var.protect_data

  dynamic "time_partitioning" {
    for_each = try([each.value.timePartitioning], [])
    content {
      type          = time_partitioning.value.type
      field         = time_partitioning.value.field
      expiration_ms = try(tonumber(time_partitioning.value.expirationMs), null)
    }
  }
}

# A function changes the tables that it merges into and no others.
resource "google_bigquery_table_iam_member" "merge" {
  for_each = local.merges

  dataset_id = google_bigquery_table.table[each.value.table].dataset_id
  table_id   = google_bigquery_table.table[each.value.table].table_id
  role       = "roles/bigquery.dataEditor"
  member     = "serviceAccount:${local.emails[each.value.function]}"
}

resource "google_bigquery_dataset_iam_member" "stage" {
  for_each = local.functions

  dataset_id = google_bigquery_dataset.staging.dataset_id
  role       = "roles/bigquery.dataEditor"
  member     = "serviceAccount:${local.emails[each.key]}"
}

# Jobs belong to the project, which alone has a policy for them.
resource "google_project_iam_member" "job" {
  for_each = local.functions

  project = var.project_id
  role    = "roles/bigquery.jobUser"
  member  = "serviceAccount:${local.emails[each.key]}"
}

resource "google_bigquery_dataset_iam_member" "reader" {
  for_each = var.readers

  dataset_id = google_bigquery_dataset.data.dataset_id
  role       = "roles/bigquery.dataViewer"
  member     = each.key
}

# People and jobs that bring conversions, and say who is who and how credit is given.
resource "google_bigquery_table_iam_member" "load" {
  for_each = { for pair in setproduct(local.loaded_tables, var.loaders) : "${pair[0]} by ${pair[1]}" => { table = pair[0], member = pair[1] } }

  dataset_id = google_bigquery_table.table[each.value.table].dataset_id
  table_id   = google_bigquery_table.table[each.value.table].table_id
  role       = "roles/bigquery.dataEditor"
  member     = each.value.member
}

# A load passes through a staging table of its own, as every batch does.
resource "google_bigquery_dataset_iam_member" "load" {
  for_each = var.loaders

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
