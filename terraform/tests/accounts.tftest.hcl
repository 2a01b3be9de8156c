# Each account has a document and a secret, and the key is nowhere.

mock_provider "google" {
  mock_data "google_project" {
    defaults = { number = "123456789012" }
  }
}

variables {
  project_id = "example-project"
  bundles    = "./tests/bundles/before"
  accounts = {
    acme   = { api_url = "https://acme.api-us1.com" }
    beta_2 = { api_url = "https://beta.activehosted.com/", time_zone = "Europe/Berlin", requests_per_second = 2.5, share_kept_free = 0.2, enabled = false }
  }
  notification_channels = ["projects/example-project/notificationChannels/1"]
}

run "two_accounts" {
  command = plan

  assert {
    condition     = sort(keys(google_firestore_document.connection)) == tolist(["acme", "beta_2"]) && sort(keys(google_secret_manager_secret.api_key)) == tolist(["acme", "beta_2"])
    error_message = "Each account has a connection and a secret."
  }

  assert {
    condition     = google_firestore_document.connection["beta_2"].collection == "activecampaign_connections" && google_firestore_document.connection["beta_2"].document_id == "beta_2"
    error_message = "A connection is stored where the functions look for it."
  }

  assert {
    condition = jsondecode(google_firestore_document.connection["beta_2"].fields) == {
      apiUrl            = { stringValue = "https://beta.activehosted.com" }
      apiKeySecret      = { stringValue = "projects/example-project/secrets/sendtrail-beta_2-api-key/versions/latest" }
      timeZone          = { stringValue = "Europe/Berlin" }
      requestsPerSecond = { doubleValue = 2.5 }
      shareKeptFree     = { doubleValue = 0.2 }
      enabled           = { booleanValue = false }
      movedFrom         = { stringValue = "" }
    }
    error_message = "A connection contains what is needed to call the account; the key is a reference."
  }

  assert {
    condition     = jsondecode(google_firestore_document.connection["acme"].fields).requestsPerSecond.doubleValue == 5 && jsondecode(google_firestore_document.connection["acme"].fields).timeZone.stringValue == "America/Chicago"
    error_message = "What is not set has ActiveCampaign's default."
  }

  assert {
    condition     = length(google_secret_manager_secret_iam_member.reader) == 6 && alltrue([for grant in google_secret_manager_secret_iam_member.reader : grant.role == "roles/secretmanager.secretAccessor"])
    error_message = "The three functions may read both keys."
  }

  assert {
    condition     = google_cloudfunctions2_function.function["campaign_worker"].service_config[0].max_instance_count == 1 && google_cloudfunctions2_function.function["campaign_worker"].service_config[0].max_instance_request_concurrency == 8
    error_message = "Each account adds four deliveries at a time: its budget can keep no more than that busy."
  }

  assert {
    condition     = alltrue([for function in values(google_cloudfunctions2_function.function) : function.service_config[0].environment_variables.THREADS == tostring(function.service_config[0].max_instance_request_concurrency)])
    error_message = "An instance has a thread for each request that it is sent: another one would wait there, and time out."
  }

  assert {
    condition     = strcontains(local.alerts.no_run.query, "\"acme\"") && !strcontains(local.alerts.no_run.query, "\"beta_2\"")
    error_message = "An account that is not synced is not missed."
  }

  assert {
    condition     = strcontains(google_monitoring_dashboard.dashboard.dashboard_json, "beta_2")
    error_message = "The dashboard shows the budget of each account."
  }
}

run "all_accounts_disabled" {
  command = plan
  variables { accounts = { acme = { api_url = "https://acme.api-us1.com", enabled = false } } }

  assert {
    condition     = !google_monitoring_alert_policy.alert["no_run"].enabled && local.alerts.no_run.query == "vector(0) > 0"
    error_message = "Where no account is synced, no run is missed, and the query stays a valid one."
  }
}
