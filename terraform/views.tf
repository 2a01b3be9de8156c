locals {
  # sql/<view>/view.sql, with the names of the installation.
  view_templates = {
    for file in fileset(local.sql_folder, "*/view.sql") :
    dirname(file) => templatefile("${local.sql_folder}/${file}", { dataset = "${var.project_id}`.`${var.dataset}" })
  }

  # The query of each view, which reads the customer's own views where there are any, and the description of its columns.
  view_definitions = {
    for view, query in local.view_templates : view => {
      query = replace(
        replace(query, local.table_references["conversions"], local.table_sources["conversions"]),
        local.table_references["users"], local.table_sources["users"]
      )
      columns = fileexists("${local.sql_folder}/${view}/columns.json") ? file("${local.sql_folder}/${view}/columns.json") : null
    }
  }

  # The other views that a view reads.
  view_references = {
    for view, query in local.view_templates :
    view => [for other in keys(local.view_templates) : other if other != view && strcontains(query, "`.`${other}`")]
  }

  # BigQuery checks a view when it is created, so a view must wait for those that it reads. They are created in layers:
  # layer 0 reads tables only, and every other layer reads the layers before it. HCL has no recursion, so each layer is
  # written out: views_through_N are the views of the layers 0 to N.
  views_through_0 = [for view, references in local.view_references : view if length(references) == 0]
  views_through_1 = [for view, references in local.view_references : view if length(setsubtract(references, local.views_through_0)) == 0]
  views_through_2 = [for view, references in local.view_references : view if length(setsubtract(references, local.views_through_1)) == 0]
  views_through_3 = [for view, references in local.view_references : view if length(setsubtract(references, local.views_through_2)) == 0]
  views_through_4 = [for view, references in local.view_references : view if length(setsubtract(references, local.views_through_3)) == 0]
  views_through_5 = [for view, references in local.view_references : view if length(setsubtract(references, local.views_through_4)) == 0]
  views_through_6 = [for view, references in local.view_references : view if length(setsubtract(references, local.views_through_5)) == 0]

  # A view in none of the layers fails the plan: see the precondition of google_bigquery_dataset.data.
  views_in_no_layer = sort(setsubtract(keys(local.view_references), local.views_through_6))
}

module "views_0" {
  source     = "./views"
  project_id = var.project_id
  dataset_id = google_bigquery_dataset.data.dataset_id
  labels     = local.labels
  views      = { for view in local.views_through_0 : view => local.view_definitions[view] }
  depends_on = [google_bigquery_table.table]
}

module "views_1" {
  source     = "./views"
  project_id = var.project_id
  dataset_id = google_bigquery_dataset.data.dataset_id
  labels     = local.labels
  views      = { for view in setsubtract(local.views_through_1, local.views_through_0) : view => local.view_definitions[view] }
  depends_on = [module.views_0]
}

module "views_2" {
  source     = "./views"
  project_id = var.project_id
  dataset_id = google_bigquery_dataset.data.dataset_id
  labels     = local.labels
  views      = { for view in setsubtract(local.views_through_2, local.views_through_1) : view => local.view_definitions[view] }
  depends_on = [module.views_1]
}

module "views_3" {
  source     = "./views"
  project_id = var.project_id
  dataset_id = google_bigquery_dataset.data.dataset_id
  labels     = local.labels
  views      = { for view in setsubtract(local.views_through_3, local.views_through_2) : view => local.view_definitions[view] }
  depends_on = [module.views_2]
}

module "views_4" {
  source     = "./views"
  project_id = var.project_id
  dataset_id = google_bigquery_dataset.data.dataset_id
  labels     = local.labels
  views      = { for view in setsubtract(local.views_through_4, local.views_through_3) : view => local.view_definitions[view] }
  depends_on = [module.views_3]
}

module "views_5" {
  source     = "./views"
  project_id = var.project_id
  dataset_id = google_bigquery_dataset.data.dataset_id
  labels     = local.labels
  views      = { for view in setsubtract(local.views_through_5, local.views_through_4) : view => local.view_definitions[view] }
  depends_on = [module.views_4]
}

module "views_6" {
  source     = "./views"
  project_id = var.project_id
  dataset_id = google_bigquery_dataset.data.dataset_id
  labels     = local.labels
  views      = { for view in setsubtract(local.views_through_6, local.views_through_5) : view => local.view_definitions[view] }
  depends_on = [module.views_5]
}
