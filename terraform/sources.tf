# Tables that a customer may have a view of their own for: Sendtrail's views read that instead. The table stays as it is,
# so that taking the variable away again is all it takes to go back.
locals {
  instead = { for table, view in { conversions = var.conversions_view, users = var.users_view } : table => view if view != null }
  given   = { for table, view in local.instead : table => zipmap(["project", "dataset", "view"], split(".", view)) }

  # How a view of sql/ names the table, and what it reads in its place.
  own    = { for table in ["conversions", "users"] : table => "`${var.project_id}`.`${var.dataset}`.`${table}`" }
  source = { for table, own in local.own : table => lookup(local.subqueries, table, own) }

  # The columns of sql/<table>/table.json, of its types: money that comes as a FLOAT is exact from here on, and an id may
  # be a number. What is NULL where the table could not hold it is nobody's. Sendtrail's own bookkeeping is not asked for.
  bookkeeping = ["row_hash", "created_at", "updated_at"]
  asked       = { for table in keys(local.given) : table => [for field in local.tables[table].schema.fields : field if !contains(local.bookkeeping, field.name)] }
  columns_of  = { for table, fields in local.asked : table => join(", ", [for field in fields : "CAST(`${field.name}` AS ${field.type}) AS `${field.name}`"]) }
  rows_of     = { for table, fields in local.asked : table => join(" AND ", [for field in fields : "`${field.name}` IS NOT NULL" if field.mode == "REQUIRED"]) }
  subqueries = {
    for table, place in local.given :
    table => "(SELECT ${local.columns_of[table]} FROM `${place.project}`.`${place.dataset}`.`${place.view}` WHERE ${local.rows_of[table]})"
  }

  # Which views read which dataset of the customer's: <view> in <project>.<dataset>.
  readings = {
    for reading in distinct(flatten([
      for table, place in local.given : [
        for view, query in local.queries : { view = view, project = place.project, dataset = place.dataset }
        if strcontains(query, local.own[table])
      ] if "${place.project}.${place.dataset}" != "${var.project_id}.${var.dataset}"
    ])) : "${reading.view} in ${reading.project}.${reading.dataset}" => reading
  }
}

# Who may read Sendtrail's views need not be able to read what the customer's view stands on.
# https://cloud.google.com/bigquery/docs/authorized-views
resource "google_bigquery_dataset_access" "view" {
  for_each = var.authorize_views ? local.readings : {}

  project    = each.value.project
  dataset_id = each.value.dataset

  view {
    project_id = var.project_id
    dataset_id = google_bigquery_dataset.data.dataset_id
    table_id   = each.value.view
  }

  depends_on = [module.views_11] # and with it all others: a view that is not there cannot be authorised
}
