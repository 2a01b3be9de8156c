# Copied beside the other tests of terraform/, so that its plan can be read as JSON: no credentials are needed for it.

mock_provider "google" {
  mock_data "google_project" {
    defaults = { number = "123456789012" }
  }
}

run "plan" {
  command = plan

  # An alert names it by the id that Google gives it.
  override_resource {
    target          = google_bigquery_data_transfer_config.refresh
    override_during = plan
    values          = { name = "projects/example-project/locations/us-central1/transferConfigs/6f1" }
  }

  variables {
    project_id            = "example-project"
    bundles               = "./tests/bundles/before"
    readers               = ["group:analysts@example.com"]
    operators             = ["user:ann@example.com"]
    notification_channels = ["projects/example-project/notificationChannels/1"]
    runbook_url           = "https://wiki.example.com/runbook"
    accounts = {
      acme = { api_url = "https://acme.api-us1.com" }
      beta = { api_url = "https://beta.api-us1.com", time_zone = "Europe/Berlin", requests_per_second = 2.5 }
    }
  }
}
