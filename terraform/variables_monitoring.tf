# Monitoring

variable "notification_channels" {
  description = "The Cloud Monitoring notification channels that receive alerts, by their full names."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for channel in var.notification_channels : can(regex("^projects/[^/]+/notificationChannels/[0-9]+$", channel))])
    error_message = "A notification channel must be given as projects/<project>/notificationChannels/<number>; `gcloud beta monitoring channels list` shows the names."
  }
}

variable "runbook_url" {
  description = "The URL at which your people read docs/runbook.md. Each alert then links its section of it."
  type        = string
  default     = null

  validation {
    condition     = var.runbook_url == null || can(regex("^https?://[^ #]+$", var.runbook_url))
    error_message = "runbook_url must be the URL of the page, such as https://wiki.example.com/sendtrail/runbook, without a #section."
  }
}

variable "alert_thresholds" {
  description = "The values above which an alert is raised."
  type = object({
    oldest_message_hours = optional(number, 12) # the age of the oldest waiting message
    throttled_per_hour   = optional(number, 10) # the 429 responses of one account
    gib_billed_per_day   = optional(number, 33) # what BigQuery bills; the default is a thirtieth of the free TiB per month
  })
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for threshold in values(var.alert_thresholds) : threshold == null ? false : threshold > 0])
    error_message = "Every threshold in alert_thresholds must be above 0."
  }
}

variable "otlp_endpoint" {
  description = "The address of an OpenTelemetry collector (OTLP over HTTP), to which the functions then send metrics: docs/metrics.md."
  type        = string
  default     = null

  validation {
    condition     = var.otlp_endpoint == null || can(regex("^https?://[^ @#?]+$", var.otlp_endpoint))
    error_message = "otlp_endpoint must be an address such as https://collector.example.com:4318, without a password or a token: these would be in the state and in the console."
  }
}
