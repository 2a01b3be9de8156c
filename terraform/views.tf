locals {
  # sql/<view>/view.sql. BigQuery checks a view when it is made, so each waits for those that it reads.
  queries = {
    for file in fileset(local.sql, "*/view.sql") :
    dirname(file) => templatefile("${local.sql}/${file}", { dataset = "${var.project_id}`.`${var.dataset}" })
  }
  views = {
    for view, query in local.queries : view => replace(
      replace(query, local.own["conversions"], local.source["conversions"]), local.own["users"], local.source["users"]
    )
  }
  # The description of every column of a view.
  columns = {
    for view in keys(local.views) :
    view => fileexists("${local.sql}/${view}/columns.json") ? file("${local.sql}/${view}/columns.json") : null
  }
  reads = { for view, query in local.queries : view => [for other in keys(local.queries) : other if other != view && strcontains(query, "`.`${other}`")] }

  # A layer reads the layers before it only. HCL has no recursion, so there are twelve; the last takes what is left.
  layer_0  = [for view, reads in local.reads : view if length(reads) == 0]
  below_1  = local.layer_0
  layer_1  = [for view, reads in local.reads : view if !contains(local.below_1, view) && length(setsubtract(reads, local.below_1)) == 0]
  below_2  = concat(local.below_1, local.layer_1)
  layer_2  = [for view, reads in local.reads : view if !contains(local.below_2, view) && length(setsubtract(reads, local.below_2)) == 0]
  below_3  = concat(local.below_2, local.layer_2)
  layer_3  = [for view, reads in local.reads : view if !contains(local.below_3, view) && length(setsubtract(reads, local.below_3)) == 0]
  below_4  = concat(local.below_3, local.layer_3)
  layer_4  = [for view, reads in local.reads : view if !contains(local.below_4, view) && length(setsubtract(reads, local.below_4)) == 0]
  below_5  = concat(local.below_4, local.layer_4)
  layer_5  = [for view, reads in local.reads : view if !contains(local.below_5, view) && length(setsubtract(reads, local.below_5)) == 0]
  below_6  = concat(local.below_5, local.layer_5)
  layer_6  = [for view, reads in local.reads : view if !contains(local.below_6, view) && length(setsubtract(reads, local.below_6)) == 0]
  below_7  = concat(local.below_6, local.layer_6)
  layer_7  = [for view, reads in local.reads : view if !contains(local.below_7, view) && length(setsubtract(reads, local.below_7)) == 0]
  below_8  = concat(local.below_7, local.layer_7)
  layer_8  = [for view, reads in local.reads : view if !contains(local.below_8, view) && length(setsubtract(reads, local.below_8)) == 0]
  below_9  = concat(local.below_8, local.layer_8)
  layer_9  = [for view, reads in local.reads : view if !contains(local.below_9, view) && length(setsubtract(reads, local.below_9)) == 0]
  below_10 = concat(local.below_9, local.layer_9)
  layer_10 = [for view, reads in local.reads : view if !contains(local.below_10, view) && length(setsubtract(reads, local.below_10)) == 0]
  below_11 = concat(local.below_10, local.layer_10)
  layer_11 = [for view, reads in local.reads : view if !contains(local.below_11, view)]
}

module "views_0" {
  source     = "./views"
  dataset_id = google_bigquery_dataset.data.dataset_id
  views      = { for view in local.layer_0 : view => { query = local.views[view], columns = local.columns[view] } }
  depends_on = [google_bigquery_table.table]
}

module "views_1" {
  source     = "./views"
  dataset_id = google_bigquery_dataset.data.dataset_id
  views      = { for view in local.layer_1 : view => { query = local.views[view], columns = local.columns[view] } }
  depends_on = [module.views_0]
}

module "views_2" {
  source     = "./views"
  dataset_id = google_bigquery_dataset.data.dataset_id
  views      = { for view in local.layer_2 : view => { query = local.views[view], columns = local.columns[view] } }
  depends_on = [module.views_1]
}

module "views_3" {
  source     = "./views"
  dataset_id = google_bigquery_dataset.data.dataset_id
  views      = { for view in local.layer_3 : view => { query = local.views[view], columns = local.columns[view] } }
  depends_on = [module.views_2]
}

module "views_4" {
  source     = "./views"
  dataset_id = google_bigquery_dataset.data.dataset_id
  views      = { for view in local.layer_4 : view => { query = local.views[view], columns = local.columns[view] } }
  depends_on = [module.views_3]
}

module "views_5" {
  source     = "./views"
  dataset_id = google_bigquery_dataset.data.dataset_id
  views      = { for view in local.layer_5 : view => { query = local.views[view], columns = local.columns[view] } }
  depends_on = [module.views_4]
}

module "views_6" {
  source     = "./views"
  dataset_id = google_bigquery_dataset.data.dataset_id
  views      = { for view in local.layer_6 : view => { query = local.views[view], columns = local.columns[view] } }
  depends_on = [module.views_5]
}

module "views_7" {
  source     = "./views"
  dataset_id = google_bigquery_dataset.data.dataset_id
  views      = { for view in local.layer_7 : view => { query = local.views[view], columns = local.columns[view] } }
  depends_on = [module.views_6]
}

module "views_8" {
  source     = "./views"
  dataset_id = google_bigquery_dataset.data.dataset_id
  views      = { for view in local.layer_8 : view => { query = local.views[view], columns = local.columns[view] } }
  depends_on = [module.views_7]
}

module "views_9" {
  source     = "./views"
  dataset_id = google_bigquery_dataset.data.dataset_id
  views      = { for view in local.layer_9 : view => { query = local.views[view], columns = local.columns[view] } }
  depends_on = [module.views_8]
}

module "views_10" {
  source     = "./views"
  dataset_id = google_bigquery_dataset.data.dataset_id
  views      = { for view in local.layer_10 : view => { query = local.views[view], columns = local.columns[view] } }
  depends_on = [module.views_9]
}

module "views_11" {
  source     = "./views"
  dataset_id = google_bigquery_dataset.data.dataset_id
  views      = { for view in local.layer_11 : view => { query = local.views[view], columns = local.columns[view] } }
  depends_on = [module.views_10]
}
