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

# BigQuery accepts no other columns for a view that exists: the provider would add a column to a schema that is still the
# old query's, and remove one with DROP COLUMN, which is for tables. A view whose columns change is made anew; it holds no
# data, and views that read it find it again. https://github.com/hashicorp/terraform-provider-google/issues/14073
resource "terraform_data" "columns" {
  for_each = var.views

  input = each.value.columns == null ? [] : [for column in jsondecode(each.value.columns) : join(" ", [column.name, column.type, try(column.mode, "NULLABLE")])]
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

  lifecycle {
    replace_triggered_by = [terraform_data.columns[each.key]]
  }
}
