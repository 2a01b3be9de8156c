locals {
  # sql/<view>/view.sql, with the names of the installation.
  view_templates = {
    for file in fileset(local.sql_folder, "*/view.sql") :
    dirname(file) => templatefile("${local.sql_folder}/${file}", { dataset = "${var.project_id}`.`${var.dataset}" })
  }

  # The query of each view, which reads the customer's own views where there are any, the description of its columns, and
  # the other views that it reads.
  view_definitions = {
    for view, query in local.view_templates : view => {
      query = replace(
        replace(query, local.table_references["conversions"], local.table_sources["conversions"]),
        local.table_references["users"], local.table_sources["users"]
      )
      columns = fileexists("${local.sql_folder}/${view}/columns.json") ? file("${local.sql_folder}/${view}/columns.json") : null
      reads   = [for other in keys(local.view_templates) : other if other != view && strcontains(query, "`.`${other}`")]
    }
  }
}

module "views" {
  source     = "./dataset_views"
  project_id = var.project_id
  dataset_id = google_bigquery_dataset.data.dataset_id
  labels     = local.labels
  views      = local.view_definitions
  depends_on = [google_bigquery_table.table]
}

# Installations of earlier versions have the layers here.
moved {
  from = module.views_0
  to   = module.views.module.views_0
}

moved {
  from = module.views_1
  to   = module.views.module.views_1
}

moved {
  from = module.views_2
  to   = module.views.module.views_2
}

moved {
  from = module.views_3
  to   = module.views.module.views_3
}

moved {
  from = module.views_4
  to   = module.views.module.views_4
}

moved {
  from = module.views_5
  to   = module.views.module.views_5
}

moved {
  from = module.views_6
  to   = module.views.module.views_6
}
