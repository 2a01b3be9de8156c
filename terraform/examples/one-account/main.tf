# One ActiveCampaign account, with the defaults for everything else.

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

  project_id = local.project_id
  bundles    = "${path.module}/../../../build" # built by `make bundles`

  accounts = {
    acme = { api_url = "https://acme.api-us1.com" }
  }

  readers               = ["group:marketing@example.com"]
  notification_channels = ["projects/my-project/notificationChannels/123"] # gcloud beta monitoring channels list
}

output "add_api_keys" {
  description = "The command that stores the account's API key."
  value       = module.sendtrail.add_api_keys
}

output "start_now" {
  description = "The commands that start a run now."
  value       = module.sendtrail.start_now
}
