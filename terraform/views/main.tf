# One layer of views: none of them reads another of the same layer.

terraform {
  required_version = ">= 1.9.0"

  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 8.0"
    }
  }
}

variable "dataset_id" {
  description = "The dataset that holds the views."
  type        = string
}

variable "views" {
  description = "Each view's query, whose first line is a comment that says what one row is, and its columns as JSON."
  type        = map(object({ query = string, columns = optional(string) }))
}

resource "google_bigquery_table" "view" {
  for_each = var.views

  dataset_id          = var.dataset_id
  table_id            = each.key
  description         = trimspace(trimprefix(split("\n", each.value.query)[0], "--"))
  schema              = each.value.columns
  deletion_protection = false # it holds no data

  view {
    query          = each.value.query
    use_legacy_sql = false
  }
}
