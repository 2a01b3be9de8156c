# A customer can name views of their own for some tables: Sendtrail's views then read those instead. The table itself is
# kept, so that removing the variable is enough to go back to it.
locals {
  # By table: the customer's view, and the parts of its name.
  customer_views      = { for table, view in { conversions = var.conversions_view, users = var.users_view } : table => view if view != null }
  customer_view_parts = { for table, view in local.customer_views : table => zipmap(["project", "dataset", "view"], split(".", view)) }

  # By table: its name as the queries in sql/ write it, and what they read instead.
  table_references = { for table in ["conversions", "users"] : table => "`${var.project_id}`.`${var.dataset}`.`${table}`" }
  table_sources    = { for table, reference in local.table_references : table => lookup(local.customer_subqueries, table, reference) }

  # The columns of sql/<table>/table.json, cast to their types: an amount that comes as a FLOAT is exact from here on, and
  # an id may come as a number. Rows without a required value are left out, as the table could not hold them. The columns
  # that Sendtrail fills itself are not read.
  bookkeeping_columns = ["row_hash", "created_at", "updated_at"]
  # Columns that a customer's view may lack: read by name from the row as JSON, a missing one is NULL.
  optional_columns = ["refund_of"]
  customer_fields  = { for table in keys(local.customer_views) : table => [for field in local.tables[table].schema.fields : field if !contains(local.bookkeeping_columns, field.name)] }
  select_lists     = { for table, fields in local.customer_fields : table => join(", ", [for field in fields : "CAST(${contains(local.optional_columns, field.name) ? "JSON_VALUE(TO_JSON_STRING(customer_row), '$.${field.name}')" : "`${field.name}`"} AS ${field.type}) AS `${field.name}`"]) }
  row_filters      = { for table, fields in local.customer_fields : table => join(" AND ", [for field in fields : "`${field.name}` IS NOT NULL" if field.mode == "REQUIRED"]) }
  customer_subqueries = {
    for table, parts in local.customer_view_parts :
    table => "(SELECT ${local.select_lists[table]} FROM `${parts.project}`.`${parts.dataset}`.`${parts.view}` AS customer_row WHERE ${local.row_filters[table]})"
  }

  # Sendtrail's views that read a dataset of the customer's, by "<view> in <project>.<dataset>". Of those beside stored views,
  # only the one in place of the customer's own does.
  authorized_views = {
    for reader in distinct(flatten([
      for table, parts in local.customer_view_parts : [
        for view in concat(
          [for view, query in local.view_templates : { dataset = var.dataset, view = view, columns = local.view_definitions[view].columns } if strcontains(query, local.table_references[table])],
          [for view, settings in local.stored_sources : { dataset = local.stored_dataset_id, view = view, columns = settings.columns } if view == table],
        ) : { view = view, project = parts.project, dataset = parts.dataset }
      ] if "${parts.project}.${parts.dataset}" != "${var.project_id}.${var.dataset}"
    ])) : "${reader.view.dataset == var.dataset ? "" : "stored "}${reader.view.view} in ${reader.project}.${reader.dataset}" => reader
  }
}

# A view whose columns change is made anew, and BigQuery forgets what authorized the one before.
resource "terraform_data" "authorized_columns" {
  for_each = var.authorize_views ? local.authorized_views : {}

  input = try([for column in jsondecode(each.value.view.columns) : join(" ", [column.name, column.type, try(column.mode, "NULLABLE")])], [])
}

# People who may read Sendtrail's views need no access to the data behind the customer's view.
# https://cloud.google.com/bigquery/docs/authorized-views
resource "google_bigquery_dataset_access" "view" {
  for_each = var.authorize_views ? local.authorized_views : {}

  project    = each.value.project
  dataset_id = each.value.dataset

  view {
    project_id = var.project_id
    dataset_id = each.value.view.dataset
    table_id   = each.value.view.view
  }

  lifecycle {
    replace_triggered_by = [terraform_data.authorized_columns[each.key]]
  }

  depends_on = [module.stored_sources, module.views] # only a view that exists can be authorized
}
