# Views whose rows are stored once a day, for those who query them often: var.stored_views.
#
# The dataset <dataset>_stored has everything under the names of the dataset itself: the views that are stored are tables,
# all others are the same queries over what this dataset has, and the tables are read where they are. Activities are read as
# of the moment for which the stored views hold, so that figures of one query belong together however old they are.
locals {
  stored_views      = var.stored_views == null ? toset([]) : var.stored_views.views
  has_stored_views  = length(local.stored_views) > 0
  stored_dataset_id = "${var.dataset}_stored"
  stored_prefix     = "`${var.project_id}`.`${local.stored_dataset_id}`"

  # Compares the campaigns' counters of now with the rows of now.
  always_current = ["completeness"]
  storable_views = setsubtract(keys(local.view_templates), local.always_current)

  # Each view's query over the other dataset, and the views of it that are read.
  stored_templates = {
    for view in keys(local.view_templates) : view => templatefile("${local.sql_folder}/${view}/view.sql", { dataset = "${var.project_id}`.`${local.stored_dataset_id}" })
  }

  # What is read where it is: the tables, or the customers' own views in their place.
  stored_sources = !local.has_stored_views ? {} : merge(
    { for table, settings in local.tables : table => {
      query   = "-- ${settings.description}\nSELECT * FROM ${lookup(local.table_sources, table, "`${var.project_id}`.`${var.dataset}`.`${table}`")}${table == "email_activities" ? "\nWHERE created_at <= (SELECT MAX(as_of) FROM ${local.stored_prefix}.`refreshes`)" : ""}"
      columns = jsonencode([for field in lookup(local.customer_fields, table, settings.schema.fields) : merge(field, { mode = "NULLABLE" })])
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
      reads   = setsubtract(settings.reads, setunion(local.stored_views, local.always_current))
    } if !contains(setunion(local.stored_views, local.always_current), view)
  }

  # A month of rows is a partition, so that a query that asks for some months reads no others.
  stored_partitions = { touch_observations = "touched_at", attribution_touches = "converted_at", attribution = "converted_at" }
  stored_clustering = ["organization_id", "model", "event_type", "campaign_id"]
  stored_columns    = { for view in local.stored_views : view => jsondecode(local.view_definitions[view].columns) if contains(local.storable_views, view) }

  refresh_columns = [
    { name = "as_of", type = "TIMESTAMP", mode = "REQUIRED", description = "The stored views hold what had been written by then." },
    { name = "began_at", type = "TIMESTAMP", mode = "REQUIRED", description = "When their renewal began." },
  ]

  refresh_script = !local.has_stored_views ? "" : templatefile("${path.module}/stored_views/refresh.sql.tftpl", {
    dataset = local.stored_prefix
    views = [
      for view in module.views.ordered :
      { name = view, columns = join(", ", local.stored_columns[view][*].name), query = trimspace(local.stored_templates[view]) }
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
}

# A table whose columns change is made anew, as a column that is added has no values: until the next renewal it is empty.
resource "terraform_data" "stored_columns" {
  for_each = local.stored_columns

  input = [for column in each.value : join(" ", [column.name, column.type])]
}

resource "google_bigquery_table" "stored" {
  for_each = local.stored_columns

  project             = var.project_id
  dataset_id          = google_bigquery_dataset.stored[0].dataset_id
  table_id            = each.key
  description         = trimspace(trimprefix(split("\n", local.stored_templates[each.key])[0], "--"))
  schema              = jsonencode([for column in each.value : merge(column, { mode = "NULLABLE" })])
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
  views      = local.stored_dataset_views
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
  disabled             = var.paused
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
