# Schedule

variable "dispatch_every_hours" {
  description = "The interval, in hours, at which the dispatcher looks for changed campaigns."
  type        = number
  default     = 6
  nullable    = false

  validation {
    condition     = contains([1, 2, 3, 4, 6, 8, 12], var.dispatch_every_hours)
    error_message = "dispatch_every_hours must be 1, 2, 3, 4, 6, 8 or 12: it has to divide a day evenly, and an alert, which can look back 25 hours, has to notice within two intervals that no run started."
  }
}

variable "dispatch_groups" {
  description = "In how many groups the accounts are dispatched, in equal parts of the interval one after the other: one for every five large accounts, as BigQuery queues few statements of a table. Each group beyond the first is a job of Cloud Scheduler."
  type        = number
  default     = 1
  nullable    = false

  validation {
    condition     = contains([1, 2, 3, 4, 5, 6, 10, 12], var.dispatch_groups)
    error_message = "dispatch_groups must be 1, 2, 3, 4, 5, 6, 10 or 12: the groups are dispatched at whole minutes, in equal parts of the interval."
  }
}

variable "contacts_at" {
  description = "The time of the daily sync of all contacts: HH:MM in UTC, not on the hour."
  type        = string
  default     = "03:30"
  nullable    = false

  validation {
    # A run is identified by its scheduled time: two schedules at the same minute would count as one run.
    condition     = can(regex("^([01][0-9]|2[0-3]):(0[1-9]|[1-5][0-9])$", var.contacts_at))
    error_message = "contacts_at must be HH:MM in UTC, such as 03:30, and not on the hour, when campaigns are dispatched."
  }
}

variable "paused" {
  description = "Whether both schedules are paused, for example during a first backfill that somebody starts by hand."
  type        = bool
  default     = false
  nullable    = false
}
