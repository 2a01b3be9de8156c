locals {
  # sql/<view>/view.sql. BigQuery checks a view when it is made, so each waits for those that it reads.
  views = {
    for file in fileset(local.sql, "*/view.sql") :
    dirname(file) => templatefile("${local.sql}/${file}", { dataset = "${var.project_id}`.`${var.dataset}" })
  }
  reads = { for view, query in local.views : view => [for other in keys(local.views) : other if strcontains(query, "`.`${other}`")] }

  # A layer reads the layers before it only. HCL has no recursion, so there are six.
  layer_0 = [for view, reads in local.reads : view if length(reads) == 0]
  layer_1 = [for view, reads in local.reads : view if !contains(local.layer_0, view) && length(setsubtract(reads, local.layer_0)) == 0]
  below_2 = concat(local.layer_0, local.layer_1)
  layer_2 = [for view, reads in local.reads : view if !contains(local.below_2, view) && length(setsubtract(reads, local.below_2)) == 0]
  below_3 = concat(local.below_2, local.layer_2)
  layer_3 = [for view, reads in local.reads : view if !contains(local.below_3, view) && length(setsubtract(reads, local.below_3)) == 0]
  below_4 = concat(local.below_3, local.layer_3)
  layer_4 = [for view, reads in local.reads : view if !contains(local.below_4, view) && length(setsubtract(reads, local.below_4)) == 0]
  below_5 = concat(local.below_4, local.layer_4)
  layer_5 = [for view, reads in local.reads : view if !contains(local.below_5, view)]
}

module "views_0" {
  source     = "./views"
  dataset_id = google_bigquery_dataset.data.dataset_id
  views      = { for view in local.layer_0 : view => local.views[view] }
  depends_on = [google_bigquery_table.table]
}

module "views_1" {
  source     = "./views"
  dataset_id = google_bigquery_dataset.data.dataset_id
  views      = { for view in local.layer_1 : view => local.views[view] }
  depends_on = [module.views_0]
}

module "views_2" {
  source     = "./views"
  dataset_id = google_bigquery_dataset.data.dataset_id
  views      = { for view in local.layer_2 : view => local.views[view] }
  depends_on = [module.views_1]
}

module "views_3" {
  source     = "./views"
  dataset_id = google_bigquery_dataset.data.dataset_id
  views      = { for view in local.layer_3 : view => local.views[view] }
  depends_on = [module.views_2]
}

module "views_4" {
  source     = "./views"
  dataset_id = google_bigquery_dataset.data.dataset_id
  views      = { for view in local.layer_4 : view => local.views[view] }
  depends_on = [module.views_3]
}

module "views_5" {
  source     = "./views"
  dataset_id = google_bigquery_dataset.data.dataset_id
  views      = { for view in local.layer_5 : view => local.views[view] }
  depends_on = [module.views_4]
}
