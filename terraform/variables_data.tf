# Data

variable "dataset" {
  description = "The BigQuery dataset to create. A staging dataset with the same name and the suffix `_staging` is created, too."
  type        = string
  default     = "marketing_ai"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z_][A-Za-z0-9_]{0,999}$", var.dataset))
    error_message = "dataset must have letters, digits and underscores only, and not start with a digit."
  }
}

variable "bigquery_location" {
  description = "The location of the BigQuery data: a region, US or EU. Defaults to `region`. It cannot be changed afterwards."
  type        = string
  default     = null

  validation {
    condition     = var.bigquery_location == null || can(regex("^(US|EU|[a-z]+-[a-z]+[0-9]{1,2})$", var.bigquery_location))
    error_message = "bigquery_location must be a region such as europe-west1, or US, or EU."
  }
}

variable "firestore_location" {
  description = "The location of the state in Firestore: a region, nam5 or eur3. Defaults to `region`. It cannot be changed afterwards."
  type        = string
  default     = null

  validation {
    condition     = var.firestore_location == null || can(regex("^(nam5|nam7|eur3|[a-z]+-[a-z]+[0-9]{1,2})$", var.firestore_location))
    error_message = "firestore_location must be a region such as europe-west1, or nam5, nam7 or eur3."
  }
}

variable "activity_retention_days" {
  description = "After how many days an activity is deleted: 730 to 3650. Fewer are refused: the functions would take what has expired for lost."
  type        = number
  default     = 730
  nullable    = false

  validation {
    condition     = var.activity_retention_days >= 730 && var.activity_retention_days <= 3650 && floor(var.activity_retention_days) == var.activity_retention_days
    error_message = "activity_retention_days must be a whole number of days from 730 to 3650."
  }
}

variable "protect_data" {
  description = "Whether tables and the Firestore database are protected from being destroyed. To remove them as well, apply with false first, then destroy."
  type        = bool
  default     = true
  nullable    = false
}

variable "readers" {
  description = "IAM members who may read the dataset. To run queries they also need `roles/bigquery.jobUser` in the project that pays for them."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for member in var.readers : can(regex("^(user|group|serviceAccount|domain|principal|principalSet):.+", member))])
    error_message = "readers must be IAM members such as user:ann@example.com or group:data@example.com; allUsers and allAuthenticatedUsers are refused."
  }
}

variable "loaders" {
  description = "IAM members who may load conversions, fill the table `users` and change the attribution settings (`sendtrail conversions load`, `sendtrail attribution set`)."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for member in var.loaders : can(regex("^(user|group|serviceAccount|domain|principal|principalSet):.+", member))])
    error_message = "loaders must be IAM members such as user:ann@example.com or serviceAccount:shop@my-project.iam.gserviceaccount.com; allUsers and allAuthenticatedUsers are refused."
  }
}

variable "stored_views" {
  description = "Views whose rows are stored once a day, in a dataset with the suffix `_stored` that has all views and tables under the same names: for people and tools that query often (docs/deploy.md). Null: no such dataset."
  type = object({
    at    = optional(string, "04:30")                                                                                                     # the time of day, in UTC
    views = optional(set(string), ["attribution", "attribution_touches", "campaigns_current", "contact_addresses", "touch_observations"]) # which ones
  })
  default = null

  validation {
    condition     = var.stored_views == null || can(regex("^([01][0-9]|2[0-3]):[0-5][0-9]$", var.stored_views.at))
    error_message = "stored_views.at must be a time of day such as 04:30."
  }

  validation {
    condition     = var.stored_views == null || alltrue([for view in try(var.stored_views.views, []) : contains(local.storable_views, view)])
    error_message = "stored_views.views must be names of views: ${join(", ", sort(local.storable_views))}."
  }

  validation {
    condition     = var.stored_views == null || length(try(var.stored_views.views, [])) > 0
    error_message = "stored_views.views is empty: leave stored_views out to store none."
  }
}
