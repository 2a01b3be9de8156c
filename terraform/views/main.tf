# One layer of views: none of them reads another one of the same layer.

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
  description = "The query of each view, whose first line is a comment that says what one row is, and its columns as JSON."
  type        = map(object({ query = string, columns = optional(string) }))
}

resource "google_bigquery_table" "view" {
  for_each = var.views

  project             = var.project_id
  dataset_id          = var.dataset_id
  table_id            = each.key
  description         = trimspace(trimprefix(split("\n", each.value.query)[0], "--"))
  schema              = each.value.columns
  labels              = var.labels
  deletion_protection = false # a view holds no data

  view {
    query          = each.value.query
    use_legacy_sql = false
  }
}
