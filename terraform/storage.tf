# The bundles. Nothing else lies here, and each can be built again from its commit, so destroy empties it.
resource "google_storage_bucket" "bundles" {
  name                        = "${var.project_id}-${var.name}-bundles"
  location                    = var.region
  force_destroy               = true
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"

  depends_on = [google_project_service.api]
}

resource "google_storage_bucket_iam_member" "build" {
  bucket = google_storage_bucket.bundles.name
  role   = "roles/storage.objectViewer"
  member = "serviceAccount:${local.build_email}"
}

# The name holds the content's hash: changed code is another object, so the function that names it is deployed again, and
# unchanged code is the same object, so applying twice changes nothing. The zips are built outside of Terraform (`make
# bundles`), so that what is deployed is byte for byte what the tests unpacked and started.
resource "google_storage_bucket_object" "bundle" {
  for_each = local.functions

  name   = "${each.key}-${filesha256(local.bundles[each.key])}.zip"
  bucket = google_storage_bucket.bundles.name
  source = local.bundles[each.key]

  lifecycle {
    create_before_destroy = true

    precondition {
      condition     = length(local.found[each.key]) == 1
      error_message = "${var.bundles} holds ${length(local.found[each.key])} bundles of ${each.key} where one is wanted: run `make bundles` first."
    }
  }
}
