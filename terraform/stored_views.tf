# Views whose rows are stored once a day, for those who query them often: var.stored_views.
#
# The dataset <dataset>_stored has everything under the names of the dataset itself: the views that are stored read a table,
# all others are the same queries over what this dataset has, and the tables are read where they are. Activities are read as
# of the moment for which the stored views hold, so that what is counted of them belongs together however old it is.
#
# A table is stored_<view>, and the view of that name stays one: which views are stored may change at any time.
locals {
  stored_views      = var.stored_views == null ? toset([]) : var.stored_views.views
  has_stored_views  = length(local.stored_views) > 0
  stored_dataset_id = "${var.dataset}_stored"
  stored_prefix     = "`${var.project_id}`.`${local.stored_dataset_id}`"

  # Compares the campaigns' counters of now with the rows of now.
  always_current = ["completeness"]
  # Those that say what time it is, and those that are as cheap to read as any table.
  never_stored   = ["conversions_in_use", "machine_rules", "observations", "pipeline_freshness", "users_in_use", "view_settings"]
  storable_views = setsubtract(keys(local.view_templates), concat(local.always_current, local.never_stored))

  # Each view's query over this dataset.
  stored_templates = !local.has_stored_views ? {} : {
    for view in keys(local.view_templates) : view => templatefile("${local.sql_folder}/${view}/view.sql", { dataset = "${var.project_id}`.`${local.stored_dataset_id}" })
  }

  # What is read where it is: the tables, or the customers' own views in their place.
  stored_sources = !local.has_stored_views ? {} : merge(
    { for table, settings in local.tables : table => {
      query   = "-- ${settings.description}\nSELECT * FROM ${lookup(local.table_sources, table, "`${var.project_id}`.`${var.dataset}`.`${table}`")}${table == "email_activities" ? "\nWHERE created_at <= (SELECT MAX(as_of) FROM ${local.stored_prefix}.`refreshes`)" : ""}"
      columns = jsonencode([for field in lookup(local.customer_fields, table, settings.schema.fields) : merge(field, { mode = try(field.mode, "") == "REPEATED" ? "REPEATED" : "NULLABLE" })])
    } if !contains(local.working_tables, table) },
    { for view in local.always_current : view => {
      query   = "${split("\n", local.view_templates[view])[0]}\nSELECT * FROM `${var.project_id}`.`${var.dataset}`.`${view}`"
      columns = local.view_definitions[view].columns
    } },
  )

  stored_dataset_views = !local.has_stored_views ? {} : {
    for view, settings in local.view_definitions : view => {
      query   = local.stored_templates[view]
      columns = settings.columns
      reads   = [for other in settings.reads : other if !contains(local.always_current, other)]
    } if !contains(local.always_current, view)
  }

  # What a renewal computes, and what reads its rows.
  stored_readers = {
    for view, settings in local.stored_dataset_views : view => {
      query   = contains(local.stored_views, view) ? "${split("\n", settings.query)[0]}\nSELECT * FROM ${local.stored_prefix}.`stored_${view}`\nWHERE (SELECT MAX(as_of) FROM ${local.stored_prefix}.`refreshes`) IS NOT NULL" : settings.query
      columns = settings.columns
      reads   = [for other in settings.reads : other if !contains(local.stored_views, view)]
    }
  }

  # A month of rows is a partition, so that a query that asks for some months reads no others.
  stored_partitions = { touch_observations = "touched_at", attribution_touches = "converted_at", attribution = "converted_at" }
  stored_clustering = ["organization_id", "model", "event_type", "campaign_id"]
  stored_columns    = { for view in local.stored_views : view => jsondecode(local.view_definitions[view].columns) if contains(local.storable_views, view) }

  stored_shapes = { for view, columns in local.stored_columns : view => [for column in columns : join(" ", [column.name, column.type, try(column.mode, "NULLABLE")])] }

  refresh_columns = [
    { name = "as_of", type = "TIMESTAMP", mode = "REQUIRED", description = "The stored views hold what had been written by then." },
    { name = "began_at", type = "TIMESTAMP", mode = "REQUIRED", description = "When their renewal began." },
  ]

  refresh_script = !local.has_stored_views ? "" : templatefile("${path.module}/stored_views/refresh.sql.tftpl", {
    dataset = local.stored_prefix
    views = [
      for view in module.views.ordered :
      { name = "stored_${view}", columns = join(", ", [for column in local.stored_columns[view] : "`${column.name}`"]), query = trimspace(local.stored_templates[view]) }
      if contains(local.stored_views, view)
    ]
  })

  transfer_agent = "serviceAccount:service-${data.google_project.this.number}@gcp-sa-bigquerydatatransfer.iam.gserviceaccount.com"
}

# Nothing in it is not computed from the other dataset.
resource "google_bigquery_dataset" "stored" {
  count = local.has_stored_views ? 1 : 0

  project                    = var.project_id
  dataset_id                 = local.stored_dataset_id
  location                   = local.bigquery_location
  description                = "The views of ${var.dataset}, some of them stored: see the table refreshes for the moment for which they hold."
  delete_contents_on_destroy = true
  labels                     = local.labels

  depends_on = [google_project_service.api]
}

resource "google_bigquery_table" "refreshes" {
  count = local.has_stored_views ? 1 : 0

  project             = var.project_id
  dataset_id          = google_bigquery_dataset.stored[0].dataset_id
  table_id            = "refreshes"
  description         = "One row is one renewal of the stored views; the newest says for which moment they hold."
  schema              = jsonencode(local.refresh_columns)
  labels              = local.labels
  deletion_protection = false

  # Where a table is new or made anew, all views are empty until the next renewal, rather than one of them beside others.
  lifecycle {
    replace_triggered_by = [terraform_data.stored_set]
  }
}

resource "terraform_data" "stored_set" {
  count = local.has_stored_views ? 1 : 0

  input = local.stored_shapes
}

# A table whose columns change is made anew, as a column that is added has no values: it is empty until the next renewal.
resource "terraform_data" "stored_columns" {
  for_each = local.stored_columns

  input = local.stored_shapes[each.key]
}

resource "google_bigquery_table" "stored" {
  for_each = local.stored_columns

  project             = var.project_id
  dataset_id          = google_bigquery_dataset.stored[0].dataset_id
  table_id            = "stored_${each.key}"
  description         = "The rows of the view ${each.key}, as of the newest row of refreshes."
  schema              = jsonencode([for column in each.value : merge(column, { mode = try(column.mode, "") == "REPEATED" ? "REPEATED" : "NULLABLE" })])
  clustering          = [for column in local.stored_clustering : column if contains(each.value[*].name, column)]
  labels              = local.labels
  deletion_protection = false # the next renewal brings it back

  dynamic "time_partitioning" {
    for_each = [for view, column in local.stored_partitions : column if view == each.key]
    content {
      type  = "MONTH"
      field = time_partitioning.value
    }
  }

  lifecycle {
    replace_triggered_by = [terraform_data.stored_columns[each.key]]
  }
}

module "stored_sources" {
  source     = "./views"
  project_id = var.project_id
  dataset_id = local.stored_dataset_id
  labels     = local.labels
  views      = local.stored_sources
  depends_on = [google_bigquery_dataset.stored, google_bigquery_table.refreshes, google_bigquery_table.table, module.views]
}

module "stored_views" {
  source     = "./dataset_views"
  project_id = var.project_id
  dataset_id = local.stored_dataset_id
  labels     = local.labels
  views      = local.stored_readers
  depends_on = [google_bigquery_table.stored, module.stored_sources]
}

# Renews them as an account of its own, which may change nothing else.
resource "google_service_account" "refresh" {
  count = local.has_stored_views ? 1 : 0

  project      = var.project_id
  account_id   = "${var.name}-refresh"
  display_name = "Sendtrail: stored views"
  description  = "Renews the views that are stored."

  depends_on = [google_project_service.api]
}

resource "google_bigquery_dataset_iam_member" "refresh" {
  for_each = local.has_stored_views ? {
    (google_bigquery_dataset.data.dataset_id) = "roles/bigquery.dataViewer"
    (local.stored_dataset_id)                 = "roles/bigquery.dataEditor"
  } : {}

  project    = var.project_id
  dataset_id = each.key
  role       = each.value
  member     = "serviceAccount:${google_service_account.refresh[0].email}"

  depends_on = [google_bigquery_dataset.stored]
}

resource "google_project_iam_member" "refresh" {
  count = local.has_stored_views ? 1 : 0

  project = var.project_id
  role    = "roles/bigquery.jobUser"
  member  = "serviceAccount:${google_service_account.refresh[0].email}"
}

resource "google_service_account_iam_member" "refresh" {
  count = local.has_stored_views ? 1 : 0

  service_account_id = google_service_account.refresh[0].name
  role               = "roles/iam.serviceAccountTokenCreator"
  member             = local.transfer_agent

  depends_on = [google_project_service.api]
}

resource "google_bigquery_data_transfer_config" "refresh" {
  count = local.has_stored_views ? 1 : 0

  project              = var.project_id
  location             = local.bigquery_location
  display_name         = "Sendtrail (${var.name}): stored views"
  data_source_id       = "scheduled_query"
  schedule             = "every day ${var.stored_views.at}"
  service_account_name = google_service_account.refresh[0].email
  params               = { query = local.refresh_script }

  depends_on = [
    google_bigquery_dataset_iam_member.refresh,
    google_project_iam_member.refresh,
    google_service_account_iam_member.refresh,
    module.stored_views,
  ]
}

resource "google_bigquery_dataset_iam_member" "stored_reader" {
  for_each = local.has_stored_views ? var.readers : toset([])

  project    = var.project_id
  dataset_id = google_bigquery_dataset.stored[0].dataset_id
  role       = "roles/bigquery.dataViewer"
  member     = each.key
}
