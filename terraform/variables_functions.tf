# Functions

variable "functions" {
  description = "Overrides per function (`dispatcher`, `campaign_worker`, `contacts_worker`). What is not set keeps its default."
  type = map(object({
    memory        = optional(string) # such as 512Mi or 1Gi
    cpu           = optional(string) # such as 1 or 0.583; below 1 only with concurrency = 1
    max_instances = optional(number) # 1 to 100
    concurrency   = optional(number) # requests that an instance handles at a time, 1 to 80
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for function in keys(var.functions) : contains(["dispatcher", "campaign_worker", "contacts_worker"], function)])
    error_message = "The keys of functions must be dispatcher, campaign_worker or contacts_worker."
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
    error_message = "In functions, memory must look like 512Mi or 1Gi and cpu like 1 or 0.583; max_instances must be 1 to 100 and concurrency 1 to 80."
  }
}

variable "settings" {
  description = "How the functions work. The names end in their units."
  type = object({
    lookback_days         = optional(number, 7)            # how far back the first sync of a campaign reads
    overlap_hours         = optional(number, 48)           # how much of the previous period is read again, once a day
    recent_overlap_hours  = optional(number, 0.25)         # how much of it is read again in all other runs
    audit_days            = optional(number, 30)           # how often an unchanged campaign is read again
    settle_hours          = optional(number, 24)           # how long after a change a campaign is read once more
    max_deleted_share     = optional(number, 0.2)          # up to which share of the contacts one pass may mark as deleted; 1: any, and as many campaigns
    erase_gone_after_days = optional(number)               # so many days after a contact was deleted or anonymised in ActiveCampaign, erase it here; null: never
    pseudonyms            = optional(bool, false)          # store addresses and names as keyed hashes: chosen before the first sync, and for good
    time_budget_s         = optional(number, 480)          # how long a worker runs before it hands over to the next delivery
    job_deadline_s        = optional(number, 525)          # when, after a worker's start, its BigQuery jobs must have finished
    lease_s               = optional(number, 120)          # how soon the work of a worker that died is taken over
    flush_rows            = optional(number, 5000)         # how many rows a batch has at most
    flush_s               = optional(number, 240)          # how long a batch waits for rows at most
    budget_block          = optional(number, 10)           # how many API requests one Firestore transaction reserves
    maximum_bytes_billed  = optional(number, 109951162777) # how many bytes BigQuery may bill for one statement
    log_level             = optional(string, "INFO")       # DEBUG, INFO, WARNING or ERROR
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.settings.time_budget_s < var.settings.job_deadline_s && var.settings.job_deadline_s < 540
    error_message = "In settings, time_budget_s must be less than job_deadline_s, and that less than the functions' timeout of 540 s: otherwise a worker cannot finish handing over."
  }

  validation {
    condition = alltrue([
      for value in [
        var.settings.lookback_days, var.settings.audit_days, var.settings.time_budget_s, var.settings.flush_rows,
        var.settings.flush_s, var.settings.budget_block, var.settings.maximum_bytes_billed,
      ] : value > 0
    ]) && var.settings.overlap_hours >= 0 && var.settings.recent_overlap_hours >= 0 && var.settings.settle_hours >= 0
    error_message = "In settings, numbers must be above 0; overlap_hours, recent_overlap_hours and settle_hours may be 0."
  }

  validation {
    condition     = var.settings.lease_s >= 15 && var.settings.lease_s <= 600 && var.settings.budget_block <= 100
    error_message = "In settings, lease_s must be 15 to 600 and budget_block 1 to 100."
  }

  validation {
    condition     = var.settings.max_deleted_share >= 0 && var.settings.max_deleted_share <= 1
    error_message = "In settings, max_deleted_share must be 0 to 1, such as 0.2 for a fifth of the contacts."
  }

  validation {
    condition     = try(var.settings.erase_gone_after_days >= 0 && var.settings.erase_gone_after_days <= 3650 && floor(var.settings.erase_gone_after_days) == var.settings.erase_gone_after_days, var.settings.erase_gone_after_days == null)
    error_message = "In settings, erase_gone_after_days must be null or a whole number from 0 to 3650."
  }

  validation {
    condition     = contains(["DEBUG", "INFO", "WARNING", "ERROR"], var.settings.log_level)
    error_message = "In settings, log_level must be DEBUG, INFO, WARNING or ERROR."
  }
}

variable "bundles" {
  description = "The folder that holds one zip per function, built by `make bundles`. A relative path starts at the folder that Terraform runs in."
  type        = string
  default     = "../build"
  nullable    = false
}

variable "runtime" {
  description = "The Python version of the functions: `python311`, `python312` or `python313`."
  type        = string
  default     = "python313"
  nullable    = false

  validation {
    condition     = contains(["python311", "python312", "python313"], var.runtime)
    error_message = "runtime must be python311, python312 or python313."
  }
}

variable "operators" {
  description = "IAM members who may operate the accounts: read and change their state, publish dead letters again (`sendtrail status`, `pause`, `backfill`, `retry` and the like), export and erase what is stored, and call the dispatcher by hand. If empty, only Google's own services can reach the dispatcher."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for member in var.operators : can(regex("^(user|group|serviceAccount|domain|principal|principalSet):.+", member))])
    error_message = "operators must be IAM members such as user:ann@example.com or group:data@example.com; allUsers and allAuthenticatedUsers are refused."
  }
}
