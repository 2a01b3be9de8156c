# Several ActiveCampaign accounts in one project in Europe, conversions from a view of your own, and alerts by e-mail.

terraform {
  required_version = ">= 1.9.0"

  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 8.0"
    }
  }
}

locals {
  project_id = "my-project"
}

provider "google" {
  project = local.project_id
}

module "sendtrail" {
  source = "../.."

  project_id         = local.project_id
  region             = "europe-west1"
  bigquery_location  = "EU"
  firestore_location = "eur3"
  bundles            = "${path.module}/../../../build" # built by `make bundles`

  accounts = {
    # Another integration uses a fifth of this account's rate limit.
    shop = {
      api_url         = "https://shop.api-us1.com"
      time_zone       = "Europe/Berlin"
      share_kept_free = 0.2
    }

    # ActiveCampaign has raised the rate limit of this one.
    wholesale = {
      api_url             = "https://wholesale.api-us1.com"
      time_zone           = "Europe/Berlin"
      requests_per_second = 10
    }

    # No longer synced. Its rows and its key are kept.
    outlet = {
      api_url   = "https://outlet.api-us1.com"
      time_zone = "Europe/Vienna"
      enabled   = false
    }
  }

  functions = {
    contacts_worker = { memory = "2Gi" }
  }

  settings = {
    lookback_days = 30
  }

  dispatch_every_hours  = 4
  conversions_view      = "${local.project_id}.shop.orders"
  readers               = ["group:marketing@example.com"]
  operators             = ["group:data@example.com"]
  notification_channels = [google_monitoring_notification_channel.data_team.name]
}

resource "google_monitoring_notification_channel" "data_team" {
  display_name = "Data team"
  type         = "email"
  labels       = { email_address = "data@example.com" }
}

output "add_api_keys" {
  description = "The command, per account, that stores its API key."
  value       = module.sendtrail.add_api_keys
}

output "dashboard" {
  description = "The URL of the dashboards in the console."
  value       = module.sendtrail.dashboard
}

output "dispatcher_url" {
  description = "The URL at which operators call the dispatcher."
  value       = module.sendtrail.dispatcher_url
}

output "start_now" {
  description = "The commands that start a run now."
  value       = module.sendtrail.start_now
}
