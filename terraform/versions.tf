terraform {
  required_version = ">= 1.9.0" # the first in which one variable's validation may look at another

  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 8.0"
    }
  }
}

provider "google" {
  project        = var.project_id
  region         = var.region
  default_labels = { app = var.name }
}

# Only its number is used: the addresses of Google's own service agents contain it.
# It waits for no resource, so that it is known when planning: else every new API would replace those agents' grants.
data "google_project" "this" {
  project_id = var.project_id
}
