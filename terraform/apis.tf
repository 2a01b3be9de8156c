locals {
  apis = setunion(local.has_stored_views ? ["bigquerydatatransfer.googleapis.com"] : [], [
    "artifactregistry.googleapis.com", # the images of the functions
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
    "run.googleapis.com", # runs the functions, which are of the 2nd generation
    "secretmanager.googleapis.com",
    "storage.googleapis.com",
  ])
}

# `terraform destroy` leaves the APIs enabled: disabling one would break whatever else in the project uses it.
resource "google_project_service" "api" {
  for_each = local.apis

  project            = var.project_id
  service            = each.key
  disable_on_destroy = false
}
