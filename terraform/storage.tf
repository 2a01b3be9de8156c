# The bundles and nothing else. Each can be built again from its commit, so destroying the bucket deletes them.
resource "google_storage_bucket" "bundles" {
  project                     = var.project_id
  name                        = "${var.project_id}-${var.name}-bundles"
  location                    = var.region
  force_destroy               = true
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  labels                      = local.labels

  depends_on = [google_project_service.api]
}

resource "google_storage_bucket_iam_member" "build" {
  bucket = google_storage_bucket.bundles.name
  role   = "roles/storage.objectViewer"
  member = "serviceAccount:${local.build_email}"
}

# The name contains the hash of the content: changed code is another object, so its function is deployed again, and
# unchanged code is the same object, so a second apply changes nothing. The zips are built outside of Terraform (`make
# bundles`), so that exactly the files that the tests unpack and start are deployed.
resource "google_storage_bucket_object" "bundle" {
  for_each = local.functions

  name   = "${each.key}-${filesha256(local.bundle_paths[each.key])}.zip"
  bucket = google_storage_bucket.bundles.name
  source = local.bundle_paths[each.key]

  lifecycle {
    create_before_destroy = true

    precondition {
      condition     = length(local.bundle_files[each.key]) == 1
      error_message = "${var.bundles} contains ${length(local.bundle_files[each.key])} bundles of ${each.key} instead of one: run `make bundles` first."
    }
  }
}
