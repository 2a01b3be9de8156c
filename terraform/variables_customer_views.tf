# Your own views

variable "conversions_view" {
  description = "Your own view of conversions, `<project>.<dataset>.<view>`, to read instead of the table `conversions`. docs/attribution.md lists its columns."
  type        = string
  default     = null

  validation {
    condition     = var.conversions_view == null || can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]\\.[A-Za-z0-9_]+\\.[A-Za-z0-9_-]+$", var.conversions_view))
    error_message = "conversions_view must be the full name of a view or table, <project>.<dataset>.<view>, without backticks: my-project.shop.orders, for example."
  }

  validation {
    # Sendtrail's own tables and views are named like the folders of sql/.
    condition = !startswith(coalesce(var.conversions_view, "-"), "${var.project_id}.${var.dataset}.") || length(
      fileset("${path.module}/../sql", "${reverse(split(".", coalesce(var.conversions_view, "-")))[0]}/*.{json,sql}")
    ) == 0
    error_message = "conversions_view must not be a table or view of Sendtrail itself: name one of yours, or leave the variable out to use the table."
  }

  validation {
    condition     = !startswith(coalesce(var.conversions_view, "-"), "${var.project_id}.${var.dataset}_stored.")
    error_message = "conversions_view must not be in the dataset of the stored views, which reads it."
  }
}

variable "users_view" {
  description = "Your own view that maps users to contacts, `<project>.<dataset>.<view>`, to read instead of the table `users`. docs/views.md lists its columns."
  type        = string
  default     = null

  validation {
    condition     = var.users_view == null || can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]\\.[A-Za-z0-9_]+\\.[A-Za-z0-9_-]+$", var.users_view))
    error_message = "users_view must be the full name of a view or table, <project>.<dataset>.<view>, without backticks: my-project.shop.users, for example."
  }

  validation {
    # Sendtrail's own tables and views are named like the folders of sql/.
    condition = !startswith(coalesce(var.users_view, "-"), "${var.project_id}.${var.dataset}.") || length(
      fileset("${path.module}/../sql", "${reverse(split(".", coalesce(var.users_view, "-")))[0]}/*.{json,sql}")
    ) == 0
    error_message = "users_view must not be a table or view of Sendtrail itself: name one of yours, or leave the variable out to use the table."
  }

  validation {
    condition     = !startswith(coalesce(var.users_view, "-"), "${var.project_id}.${var.dataset}_stored.")
    error_message = "users_view must not be in the dataset of the stored views, which reads it."
  }
}

variable "authorize_views" {
  description = "Whether to authorize Sendtrail's views in the datasets of `conversions_view` and `users_view`, so that readers need no access there. If false, the owner of those datasets has to do it."
  type        = bool
  default     = true
  nullable    = false
}
