variable "project_id" {
  description = "The Google Cloud project to provision into. It exists already and has billing."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.project_id))
    error_message = "project_id is the project's id, not its name or number: 6 to 30 lower-case letters, digits and hyphens."
  }
}

variable "region" {
  description = "Where the functions, topics, schedules, the bucket and (unless set apart) the data live."
  type        = string
  default     = "us-central1"
  nullable    = false

  validation {
    condition     = can(regex("^(africa|asia|australia|europe|me|northamerica|southamerica|us)-[a-z]+[0-9]{1,2}$", var.region))
    error_message = "region is one region of Google Cloud, such as us-central1 or europe-west1: not a zone (us-central1-a) and not a multi-region (US)."
  }
}

variable "name" {
  description = "The first part of every resource's name, so that two installations can share a project."
  type        = string
  default     = "sendtrail"
  nullable    = false

  validation {
    # A service account's id has at most 30 characters, of which "-campaign-worker" takes 16.
    condition     = can(regex("^[a-z][a-z0-9-]{1,12}[a-z0-9]$", var.name))
    error_message = "name has 3 to 14 lower-case letters, digits and hyphens, and starts with a letter."
  }
}

variable "accounts" {
  description = "The ActiveCampaign accounts: organization id => address, time zone of its bare dates, API budget and the share of it that is left to other integrations. Keys are not given here: see the output add_api_keys."
  type = map(object({
    api_url             = string
    time_zone           = optional(string, "America/Chicago")
    requests_per_second = optional(number, 5)
    share_kept_free     = optional(number, 0)
    enabled             = optional(bool, true)
  }))
  nullable = false

  validation {
    condition     = length(var.accounts) > 0
    error_message = "accounts is empty: name at least one ActiveCampaign account, or there is nothing to sync."
  }

  validation {
    # The same rule as OrganizationId in sendtrail/messages.py.
    condition     = alltrue([for id in keys(var.accounts) : can(regex("^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$", id))])
    error_message = "An organization id has 1 to 63 letters, digits, hyphens and underscores, and starts with a letter or digit."
  }

  validation {
    condition     = alltrue([for account in values(var.accounts) : !startswith(lower(account.api_url), "http://")])
    error_message = "An api_url with http:// would send the API key in the clear: use https://."
  }

  validation {
    condition = alltrue([
      for account in values(var.accounts) :
      startswith(lower(account.api_url), "http://") || can(regex("^https://[A-Za-z0-9][A-Za-z0-9.-]*\\.[A-Za-z]{2,}(:[0-9]+)?/?$", account.api_url))
    ])
    error_message = "An api_url is the one in ActiveCampaign under Settings > Developer, https://<account>.api-us1.com: without a user name, a key or /api/3."
  }

  validation {
    condition     = alltrue([for account in values(var.accounts) : can(regex("^[A-Za-z]+(/[A-Za-z0-9_+-]+){0,2}$", account.time_zone))])
    error_message = "A time_zone is a name of the IANA database, such as America/Chicago, Europe/Berlin or UTC."
  }

  validation {
    condition     = alltrue([for account in values(var.accounts) : account.share_kept_free >= 0 && account.share_kept_free <= 0.9])
    error_message = "share_kept_free is the part of an account's budget that other integrations need: 0 to 0.9."
  }

  validation {
    condition     = alltrue([for account in values(var.accounts) : account.requests_per_second > 0 && account.requests_per_second <= 100])
    error_message = "requests_per_second is above 0 and at most 100; ActiveCampaign grants an account 5 unless agreed otherwise."
  }
}

variable "dispatch_every_hours" {
  description = "How often the dispatcher looks for campaigns with news."
  type        = number
  default     = 6
  nullable    = false

  validation {
    condition     = contains([1, 2, 3, 4, 6, 8, 12], var.dispatch_every_hours)
    error_message = "dispatch_every_hours is 1, 2, 3, 4, 6, 8 or 12: a day is divided evenly, and two of them fit the 23.5 hours that an alert can look back."
  }
}

variable "contacts_at" {
  description = "When, each day, all contacts are read: HH:MM in UTC, not on the hour."
  type        = string
  default     = "03:30"
  nullable    = false

  validation {
    # A run is known by its schedule time: two schedules that meet would be taken for one run.
    condition     = can(regex("^([01][0-9]|2[0-3]):(0[1-9]|[1-5][0-9])$", var.contacts_at))
    error_message = "contacts_at is HH:MM in UTC and not on the hour, when campaigns are dispatched: 03:30, for example."
  }
}

variable "paused" {
  description = "Whether both schedules stand still, for instance during a first backfill that a person starts."
  type        = bool
  default     = false
  nullable    = false
}

variable "functions" {
  description = "What to change about a function (dispatcher, campaign_worker, contacts_worker): memory, cpu, instances, concurrency."
  type = map(object({
    memory        = optional(string)
    cpu           = optional(string)
    max_instances = optional(number)
    concurrency   = optional(number)
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for function in keys(var.functions) : contains(["dispatcher", "campaign_worker", "contacts_worker"], function)])
    error_message = "functions has the keys dispatcher, campaign_worker and contacts_worker only."
  }

  validation {
    condition = alltrue([
      for function in values(var.functions) : alltrue([
        function.memory == null || can(regex("^[0-9]+(Mi|Gi)$", function.memory)),
        function.cpu == null || can(tonumber(function.cpu)),
        try(function.max_instances >= 1 && function.max_instances <= 100, function.max_instances == null),
        try(function.concurrency >= 1 && function.concurrency <= 80, function.concurrency == null),
      ])
    ])
    error_message = "A function's memory reads 512Mi or 1Gi, its cpu 1 or 0.583, its max_instances 1 to 100 and its concurrency 1 to 80."
  }
}

variable "settings" {
  description = "How the functions work; sendtrail/gcp/settings.py says what each means. Names end in their units."
  type = object({
    lookback_days        = optional(number, 7)   # how far back the first sync of a campaign reads
    overlap_hours        = optional(number, 48)  # how much of what was read before is read again, once a day
    recent_overlap_hours = optional(number, 1)   # and otherwise
    audit_days           = optional(number, 30)  # how often a campaign without news is read again
    settle_hours         = optional(number, 24)  # how long after a change a campaign is read once more
    time_budget_s        = optional(number, 480) # when a worker hands over
    job_deadline_s       = optional(number, 525) # until when its BigQuery jobs may take
    lease_s              = optional(number, 120) # how soon the work of a worker that died is taken over
    flush_rows           = optional(number, 5000)
    flush_s              = optional(number, 240)
    budget_block         = optional(number, 10)           # requests reserved in one Firestore transaction
    maximum_bytes_billed = optional(number, 109951162777) # of one statement
    log_level            = optional(string, "INFO")
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.settings.time_budget_s < var.settings.job_deadline_s && var.settings.job_deadline_s < 540
    error_message = "settings: time_budget_s is less than job_deadline_s, which is less than the functions' 540 s, so that a hand-over can be finished."
  }

  validation {
    condition = alltrue([
      for value in [
        var.settings.lookback_days, var.settings.audit_days, var.settings.time_budget_s, var.settings.flush_rows,
        var.settings.flush_s, var.settings.budget_block, var.settings.maximum_bytes_billed,
      ] : value > 0
    ]) && var.settings.overlap_hours >= 0 && var.settings.recent_overlap_hours >= 0 && var.settings.settle_hours >= 0
    error_message = "settings: numbers are above 0; overlap_hours, recent_overlap_hours and settle_hours may be 0."
  }

  validation {
    condition     = var.settings.lease_s >= 15 && var.settings.lease_s <= 600 && var.settings.budget_block <= 100
    error_message = "settings: lease_s is 15 to 600, budget_block 1 to 100."
  }

  validation {
    condition     = contains(["DEBUG", "INFO", "WARNING", "ERROR"], var.settings.log_level)
    error_message = "settings: log_level is DEBUG, INFO, WARNING or ERROR."
  }
}

variable "bundles" {
  description = "The folder with one zip per function, as `make bundles` leaves it."
  type        = string
  default     = "../build"
  nullable    = false
}

variable "runtime" {
  description = "The Python of the functions."
  type        = string
  default     = "python313"
  nullable    = false

  validation {
    condition     = contains(["python311", "python312", "python313"], var.runtime)
    error_message = "runtime is python311, python312 or python313."
  }
}

variable "operators" {
  description = "Who may call the dispatcher by hand (a backfill, a single campaign): IAM members. With none, it answers Google's own services only."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for member in var.operators : can(regex("^(user|group|serviceAccount|domain|principal|principalSet):.+", member))])
    error_message = "operators are IAM members such as user:ann@example.com or group:data@example.com; never allUsers or allAuthenticatedUsers."
  }
}

variable "dataset" {
  description = "The BigQuery dataset to create; its staging dataset has the same name with _staging."
  type        = string
  default     = "marketing_ai"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z_][A-Za-z0-9_]{0,999}$", var.dataset))
    error_message = "dataset has letters, digits and underscores only, and no digit first."
  }
}

variable "bigquery_location" {
  description = "Where the data lies: a region, US or EU. The functions' region where it is not given."
  type        = string
  default     = null

  validation {
    condition     = var.bigquery_location == null || can(regex("^(US|EU|[a-z]+-[a-z]+[0-9]{1,2})$", var.bigquery_location))
    error_message = "bigquery_location is a region such as europe-west1, or US, or EU."
  }
}

variable "readers" {
  description = "Who may read the dataset: IAM members. To run queries they also need roles/bigquery.jobUser in a project that pays for them."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for member in var.readers : can(regex("^(user|group|serviceAccount|domain|principal|principalSet):.+", member))])
    error_message = "readers are IAM members such as user:ann@example.com or group:data@example.com; never allUsers or allAuthenticatedUsers."
  }
}

variable "loaders" {
  description = "Who may load conversions, fill users and choose how credit is given (sendtrail conversions load, sendtrail attribution set): IAM members."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for member in var.loaders : can(regex("^(user|group|serviceAccount|domain|principal|principalSet):.+", member))])
    error_message = "loaders are IAM members such as user:ann@example.com or serviceAccount:shop@my-project.iam.gserviceaccount.com; never allUsers or allAuthenticatedUsers."
  }
}

variable "conversions_view" {
  description = "Your own view of conversions, <project>.<dataset>.<view>, which the views then read instead of the table conversions: docs/attribution.md has its columns."
  type        = string
  default     = null

  validation {
    condition     = var.conversions_view == null || can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]\\.[A-Za-z0-9_]+\\.[A-Za-z0-9_-]+$", var.conversions_view))
    error_message = "conversions_view is the full name of a view or table, <project>.<dataset>.<view>: my-project.shop.orders, without backticks."
  }

  validation {
    # Their names are the folders of sql/.
    condition = !startswith(coalesce(var.conversions_view, "-"), "${var.project_id}.${var.dataset}.") || length(
      fileset("${path.module}/../sql", "${reverse(split(".", coalesce(var.conversions_view, "-")))[0]}/*.{json,sql}")
    ) == 0
    error_message = "conversions_view names a table or view of Sendtrail's own: name one of yours, or leave it away to fill the table."
  }
}

variable "users_view" {
  description = "Your own view of who is which contact, <project>.<dataset>.<view>, which the views then read instead of the table users: docs/views.md has its columns."
  type        = string
  default     = null

  validation {
    condition     = var.users_view == null || can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]\\.[A-Za-z0-9_]+\\.[A-Za-z0-9_-]+$", var.users_view))
    error_message = "users_view is the full name of a view or table, <project>.<dataset>.<view>: my-project.shop.orders, without backticks."
  }

  validation {
    # Their names are the folders of sql/.
    condition = !startswith(coalesce(var.users_view, "-"), "${var.project_id}.${var.dataset}.") || length(
      fileset("${path.module}/../sql", "${reverse(split(".", coalesce(var.users_view, "-")))[0]}/*.{json,sql}")
    ) == 0
    error_message = "users_view names a table or view of Sendtrail's own: name one of yours, or leave it away to fill the table."
  }
}

variable "authorize_views" {
  description = "Whether Sendtrail's views are authorised in the datasets of conversions_view and users_view, so that readers need no access there. With false, their owner does it."
  type        = bool
  default     = true
  nullable    = false
}

variable "firestore_location" {
  description = "Where the state lies: a region, nam5 or eur3. The functions' region where it is not given. It can never be changed."
  type        = string
  default     = null

  validation {
    condition     = var.firestore_location == null || can(regex("^(nam[0-9]|eur[0-9]|[a-z]+-[a-z]+[0-9]{1,2})$", var.firestore_location))
    error_message = "firestore_location is a region such as europe-west1, or nam5, or eur3."
  }
}

variable "protect_data" {
  description = "Whether tables and the Firestore database refuse to be destroyed. To remove them too: apply with false, then destroy."
  type        = bool
  default     = true
  nullable    = false
}

variable "notification_channels" {
  description = "Who is told when something is wrong: full names of Cloud Monitoring notification channels."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for channel in var.notification_channels : can(regex("^projects/[^/]+/notificationChannels/[0-9]+$", channel))])
    error_message = "A notification channel's name reads projects/<project>/notificationChannels/<number>; `gcloud beta monitoring channels list` shows them."
  }
}

variable "alert_thresholds" {
  description = "When to alert: hours that a message may wait, 429s of one account an hour, GiB billed by BigQuery a day."
  type = object({
    oldest_message_hours = optional(number, 12)
    throttled_per_hour   = optional(number, 10)
    gib_billed_per_day   = optional(number, 33) # a thirtieth of the free TiB a month
  })
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for threshold in values(var.alert_thresholds) : threshold == null ? false : threshold > 0])
    error_message = "Every threshold in alert_thresholds is above 0."
  }
}
