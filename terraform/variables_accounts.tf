# Accounts

variable "accounts" {
  description = "The ActiveCampaign accounts to sync, by organization id. API keys are stored separately: see the output `add_api_keys`."
  type = map(object({
    api_url             = string                              # the account's API URL, from Settings > Developer in ActiveCampaign
    time_zone           = optional(string, "America/Chicago") # the account's time zone (IANA name), for dates that come without one
    requests_per_second = optional(number, 5)                 # the account's API rate limit
    share_kept_free     = optional(number, 0)                 # the share of that limit to leave to other integrations, 0 to 0.9
    enabled             = optional(bool, true)                # whether the account is synced
    moved_from          = optional(string, "")                # the api_url before, where the same account has got another one
  }))
  nullable = false

  validation {
    condition     = length(var.accounts) > 0
    error_message = "accounts must name at least one ActiveCampaign account: without one there is nothing to sync."
  }

  validation {
    # The same rule as OrganizationId in the Python code.
    condition     = alltrue([for id in keys(var.accounts) : can(regex("^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$", id))])
    error_message = "An organization id must have 1 to 63 letters, digits, hyphens and underscores, and start with a letter or digit."
  }

  validation {
    condition     = alltrue([for account in values(var.accounts) : !startswith(lower(account.api_url), "http://")])
    error_message = "An api_url with http:// would send the API key unencrypted: use https://."
  }

  validation {
    condition = alltrue([
      for account in values(var.accounts) :
      startswith(lower(account.api_url), "http://") || can(regex("^https://[A-Za-z0-9][A-Za-z0-9.-]*\\.[A-Za-z]{2,}(:[0-9]+)?/?$", account.api_url))
    ])
    error_message = "An api_url must be the URL that ActiveCampaign shows under Settings > Developer, https://<account>.api-us1.com, without a user name, a key or /api/3."
  }

  validation {
    condition     = alltrue([for account in values(var.accounts) : contains(local.time_zones, account.time_zone)])
    error_message = "A time_zone must be a name of the IANA database as it is written there, such as America/Chicago, Europe/Berlin or UTC: ${join(", ", sort(setsubtract([for account in values(var.accounts) : account.time_zone], local.time_zones)))} is none."
  }

  validation {
    condition     = alltrue([for account in values(var.accounts) : account.share_kept_free >= 0 && account.share_kept_free <= 0.9])
    error_message = "share_kept_free must be between 0 and 0.9: the share of an account's rate limit that other integrations need."
  }

  validation {
    condition     = alltrue([for account in values(var.accounts) : account.requests_per_second > 0 && account.requests_per_second <= 100])
    error_message = "requests_per_second must be above 0 and at most 100. ActiveCampaign allows an account 5 unless you have agreed on more."
  }
}
