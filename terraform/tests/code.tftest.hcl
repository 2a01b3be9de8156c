# Changed code is a new object and is deployed; unchanged code is not.

mock_provider "google" {
  mock_data "google_project" {
    defaults = { number = "123456789012" }
  }
}

variables {
  project_id            = "example-project"
  accounts              = { acme = { api_url = "https://acme.api-us1.com" } }
  bundles               = "./tests/bundles/before"
  notification_channels = ["projects/example-project/notificationChannels/1"]
}

run "before" {
  command = apply

  assert {
    condition     = google_storage_bucket_object.bundle["dispatcher"].name == "dispatcher-${filesha256("./tests/bundles/before/dispatcher.zip")}.zip"
    error_message = "An object's name contains the hash of its content."
  }
}

run "unchanged" {
  command = plan

  assert {
    condition     = { for key, object in google_storage_bucket_object.bundle : key => object.name } == { for key, object in run.before.bundles : key => object }
    error_message = "The same code is the same objects."
  }
}

run "dispatcher_changed" {
  command = plan
  variables { bundles = "./tests/bundles/after" }

  assert {
    condition     = google_storage_bucket_object.bundle["dispatcher"].name != run.before.bundles["dispatcher"] && google_cloudfunctions2_function.function["dispatcher"].build_config[0].source[0].storage_source[0].object == google_storage_bucket_object.bundle["dispatcher"].name
    error_message = "Changed code is a new object, and its function is deployed from it."
  }

  assert {
    condition     = google_storage_bucket_object.bundle["campaign_worker"].name == run.before.bundles["campaign_worker"]
    error_message = "The other functions do not change."
  }
}

run "not_built" {
  command = plan
  variables { bundles = "./tests/bundles/nowhere" }
  expect_failures = [google_storage_bucket_object.bundle]
}
