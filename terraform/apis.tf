locals {
  apis = toset([
    "artifactregistry.googleapis.com", # the functions' images
    "bigquery.googleapis.com",
    "cloudbuild.googleapis.com", # builds the functions
    "cloudfunctions.googleapis.com",
    "cloudresourcemanager.googleapis.com", # IAM of the project
    "cloudscheduler.googleapis.com",
    "firestore.googleapis.com",
    "iam.googleapis.com",
    "logging.googleapis.com",
    "monitoring.googleapis.com",
    "pubsub.googleapis.com",
    "run.googleapis.com", # what a function of the 2nd generation runs on
    "secretmanager.googleapis.com",
    "storage.googleapis.com",
  ])
}

# Switching an API off would break whatever else in the project uses it, so `terraform destroy` leaves them on.
resource "google_project_service" "api" {
  for_each = local.apis

  service            = each.key
  disable_on_destroy = false
}
