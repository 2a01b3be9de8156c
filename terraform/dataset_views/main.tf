# All views of a dataset, those that others read before them.
#
# BigQuery checks a view when it is created, so a view must wait for those that it reads. They are created in layers:
# layer 0 reads tables only, and every other layer reads the layers before it. HCL has no recursion, so each layer is
# written out: views_through_N are the views of the layers 0 to N.

terraform {
  required_version = ">= 1.9.0"

  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 8.0"
    }
  }
}

variable "project_id" {
  description = "The project of the dataset."
  type        = string
}

variable "dataset_id" {
  description = "The dataset to create the views in."
  type        = string
}

variable "labels" {
  description = "The labels of every view."
  type        = map(string)
}

variable "views" {
  description = "The query of each view, whose first line is a comment that says what one row is, its columns as JSON, and the other views that it reads."
  type        = map(object({ query = string, columns = optional(string), reads = list(string) }))
}

locals {
  views_through_0 = [for view, settings in var.views : view if length(settings.reads) == 0]
  views_through_1 = [for view, settings in var.views : view if length(setsubtract(settings.reads, local.views_through_0)) == 0]
  views_through_2 = [for view, settings in var.views : view if length(setsubtract(settings.reads, local.views_through_1)) == 0]
  views_through_3 = [for view, settings in var.views : view if length(setsubtract(settings.reads, local.views_through_2)) == 0]
  views_through_4 = [for view, settings in var.views : view if length(setsubtract(settings.reads, local.views_through_3)) == 0]
  views_through_5 = [for view, settings in var.views : view if length(setsubtract(settings.reads, local.views_through_4)) == 0]
  views_through_6 = [for view, settings in var.views : view if length(setsubtract(settings.reads, local.views_through_5)) == 0]

  # Each view after those that it reads, and those that fit into no layer.
  ordered = concat(
    sort(local.views_through_0),
    sort(setsubtract(local.views_through_1, local.views_through_0)),
    sort(setsubtract(local.views_through_2, local.views_through_1)),
    sort(setsubtract(local.views_through_3, local.views_through_2)),
    sort(setsubtract(local.views_through_4, local.views_through_3)),
    sort(setsubtract(local.views_through_5, local.views_through_4)),
    sort(setsubtract(local.views_through_6, local.views_through_5)),
  )
  in_no_layer = sort(setsubtract(keys(var.views), local.views_through_6))
}

output "ordered" {
  description = "The names of the views, each after those that it reads."
  value       = local.ordered

  precondition {
    condition     = length(local.in_no_layer) == 0
    error_message = "These views of sql/ fit into no layer: ${join(", ", local.in_no_layer)}. Add a layer: write another views_through_N and another module in dataset_views/main.tf, and name the new last layer in `ordered` and `in_no_layer`. Views that read one another in a circle fit into no layer at all."
  }

  depends_on = [module.views_6] # and so on every view
}

module "views_0" {
  source     = "../views"
  project_id = var.project_id
  dataset_id = var.dataset_id
  labels     = var.labels
  views      = { for view in local.views_through_0 : view => var.views[view] }
}

module "views_1" {
  source     = "../views"
  project_id = var.project_id
  dataset_id = var.dataset_id
  labels     = var.labels
  views      = { for view in setsubtract(local.views_through_1, local.views_through_0) : view => var.views[view] }
  depends_on = [module.views_0]
}

module "views_2" {
  source     = "../views"
  project_id = var.project_id
  dataset_id = var.dataset_id
  labels     = var.labels
  views      = { for view in setsubtract(local.views_through_2, local.views_through_1) : view => var.views[view] }
  depends_on = [module.views_1]
}

module "views_3" {
  source     = "../views"
  project_id = var.project_id
  dataset_id = var.dataset_id
  labels     = var.labels
  views      = { for view in setsubtract(local.views_through_3, local.views_through_2) : view => var.views[view] }
  depends_on = [module.views_2]
}

module "views_4" {
  source     = "../views"
  project_id = var.project_id
  dataset_id = var.dataset_id
  labels     = var.labels
  views      = { for view in setsubtract(local.views_through_4, local.views_through_3) : view => var.views[view] }
  depends_on = [module.views_3]
}

module "views_5" {
  source     = "../views"
  project_id = var.project_id
  dataset_id = var.dataset_id
  labels     = var.labels
  views      = { for view in setsubtract(local.views_through_5, local.views_through_4) : view => var.views[view] }
  depends_on = [module.views_4]
}

module "views_6" {
  source     = "../views"
  project_id = var.project_id
  dataset_id = var.dataset_id
  labels     = var.labels
  views      = { for view in setsubtract(local.views_through_6, local.views_through_5) : view => var.views[view] }
  depends_on = [module.views_5]
}
