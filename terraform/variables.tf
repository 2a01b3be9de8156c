# Project

variable "project_id" {
  description = "The Google Cloud project to deploy to. It must exist and have billing enabled."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.project_id))
    error_message = "project_id must be the project's id, not its name or number: 6 to 30 lower-case letters, digits and hyphens."
  }
}

variable "region" {
  description = "The region of the functions, topics, schedules and the bucket, and of the data unless `bigquery_location` and `firestore_location` say otherwise."
  type        = string
  default     = "us-central1"
  nullable    = false

  validation {
    condition     = can(regex("^(africa|asia|australia|europe|me|northamerica|southamerica|us)-[a-z]+[0-9]{1,2}$", var.region))
    error_message = "region must be a single region of Google Cloud, such as us-central1 or europe-west1, not a zone (us-central1-a) or a multi-region (US)."
  }
}

variable "name" {
  description = "The prefix of every resource's name, which lets two installations share a project. Resources that can have labels get it as the label `app`."
  type        = string
  default     = "sendtrail"
  nullable    = false

  validation {
    # A service account's id has at most 30 characters, and "-campaign-worker" takes 16 of them. The Firestore database is
    # named without a suffix, and needs 4.
    condition     = can(regex("^[a-z][a-z0-9-]{2,12}[a-z0-9]$", var.name))
    error_message = "name must have 4 to 14 lower-case letters, digits and hyphens, and start with a letter."
  }
}
