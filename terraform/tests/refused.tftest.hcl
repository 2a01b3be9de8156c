# Mistakes that the plan refuses, each with a sentence that says what to do instead.

mock_provider "google" {}

variables {
  project_id            = "example-project"
  accounts              = { acme = { api_url = "https://acme.api-us1.com" } }
  bundles               = "./tests/bundles/before"
  notification_channels = ["projects/example-project/notificationChannels/1"]
}

run "a_project_number" {
  command = plan
  variables { project_id = "123456789012" }
  expect_failures = [var.project_id]
}

run "a_zone" {
  command = plan
  variables { region = "us-central1-a" }
  expect_failures = [var.region]
}

run "a_multi_region" {
  command = plan
  variables { region = "US" }
  expect_failures = [var.region]
}

run "a_long_name" {
  command = plan
  variables { name = "sendtrail-of-the-marketing-team" }
  expect_failures = [var.name]
}

run "a_short_memory" {
  command = plan
  variables { activity_retention_days = 90 }
  expect_failures = [var.activity_retention_days]
}

run "half_a_day" {
  command = plan
  variables { activity_retention_days = 800.5 }
  expect_failures = [var.activity_retention_days]
}

run "no_accounts" {
  command = plan
  variables { accounts = {} }
  expect_failures = [var.accounts]
}

run "plain_http" {
  command = plan
  variables { accounts = { acme = { api_url = "http://acme.api-us1.com" } } }
  expect_failures = [var.accounts]
}

run "no_url" {
  command = plan
  variables { accounts = { acme = { api_url = "acme" } } }
  expect_failures = [var.accounts]
}

run "a_url_with_its_path" {
  command = plan
  variables { accounts = { acme = { api_url = "https://acme.api-us1.com/api/3" } } }
  expect_failures = [var.accounts]
}

run "a_url_with_a_key" {
  command = plan
  variables { accounts = { acme = { api_url = "https://key@acme.api-us1.com" } } }
  expect_failures = [var.accounts]
}

run "an_organization_with_a_slash" {
  command = plan
  variables { accounts = { "acme/eu" = { api_url = "https://acme.api-us1.com" } } }
  expect_failures = [var.accounts]
}

run "a_time_zone_offset" {
  command = plan
  variables { accounts = { acme = { api_url = "https://acme.api-us1.com", time_zone = "-06:00" } } }
  expect_failures = [var.accounts]
}

run "no_requests" {
  command = plan
  variables { accounts = { acme = { api_url = "https://acme.api-us1.com", requests_per_second = 0 } } }
  expect_failures = [var.accounts]
}

run "a_whole_budget_kept_free" {
  command = plan
  variables { accounts = { acme = { api_url = "https://acme.api-us1.com", share_kept_free = 1 } } }
  expect_failures = [var.accounts]
}

run "an_uneven_day" {
  command = plan
  variables { dispatch_every_hours = 5 }
  expect_failures = [var.dispatch_every_hours]
}

run "dispatch_groups_of_uneven_minutes" {
  command = plan
  variables { dispatch_groups = 7 }
  expect_failures = [var.dispatch_groups]
}

run "contacts_on_the_hour" {
  command = plan
  variables { contacts_at = "06:00" }
  expect_failures = [var.contacts_at]
}

run "contacts_at_no_time" {
  command = plan
  variables { contacts_at = "half past three" }
  expect_failures = [var.contacts_at]
}

run "an_unknown_function" {
  command = plan
  variables { functions = { worker = { memory = "1Gi" } } }
  expect_failures = [var.functions]
}

run "memory_without_a_unit" {
  command = plan
  variables { functions = { dispatcher = { memory = "512" } } }
  expect_failures = [var.functions]
}

run "no_instances" {
  command = plan
  variables { functions = { dispatcher = { max_instances = 0 } } }
  expect_failures = [var.functions]
}

run "an_old_runtime" {
  command = plan
  variables { runtime = "python310" }
  expect_failures = [var.runtime]
}

run "public_operators" {
  command = plan
  variables { operators = ["allUsers"] }
  expect_failures = [var.operators]
}

run "public_readers" {
  command = plan
  variables { readers = ["allAuthenticatedUsers"] }
  expect_failures = [var.readers]
}

run "a_dataset_with_a_hyphen" {
  command = plan
  variables { dataset = "marketing-ai" }
  expect_failures = [var.dataset]
}

run "public_loaders" {
  command = plan
  variables { loaders = ["allUsers"] }
  expect_failures = [var.loaders]
}

run "a_view_without_its_project" {
  command = plan
  variables { conversions_view = "shop.orders" }
  expect_failures = [var.conversions_view]
}

run "a_view_in_backticks" {
  command = plan
  variables { conversions_view = "`shop-project.shop.orders`" }
  expect_failures = [var.conversions_view]
}

run "users_that_are_sql" {
  command = plan
  variables { users_view = "shop-project.shop.users` JOIN `x" }
  expect_failures = [var.users_view]
}

run "the_table_itself" {
  command = plan
  variables { conversions_view = "example-project.marketing_ai.conversions" }
  expect_failures = [var.conversions_view]
}

run "a_view_that_reads_conversions" {
  command = plan
  variables { users_view = "example-project.marketing_ai.user_mapping" }
  expect_failures = [var.users_view]
}

run "a_place_of_data_that_is_none" {
  command = plan
  variables { bigquery_location = "Berlin" }
  expect_failures = [var.bigquery_location]
}

run "a_place_of_state_that_is_none" {
  command = plan
  variables { firestore_location = "EU" }
  expect_failures = [var.firestore_location]
}

run "an_address_as_channel" {
  command = plan
  variables { notification_channels = ["ann@example.com"] }
  expect_failures = [var.notification_channels]
}

run "a_threshold_of_nothing" {
  command = plan
  variables { alert_thresholds = { throttled_per_hour = 0 } }
  expect_failures = [var.alert_thresholds]
}

run "no_time_to_hand_over" {
  command = plan
  variables { settings = { time_budget_s = 530 } }
  expect_failures = [var.settings]
}

run "a_job_longer_than_its_function" {
  command = plan
  variables { settings = { job_deadline_s = 600 } }
  expect_failures = [var.settings]
}

run "no_lookback" {
  command = plan
  variables { settings = { lookback_days = 0 } }
  expect_failures = [var.settings]
}

run "a_lease_of_a_second" {
  command = plan
  variables { settings = { lease_s = 1 } }
  expect_failures = [var.settings]
}

run "half_a_day_until_an_erasure" {
  command = plan
  variables { settings = { erase_gone_after_days = 0.5 } }
  expect_failures = [var.settings]
}

run "an_unknown_log_level" {
  command = plan
  variables { settings = { log_level = "LOUD" } }
  expect_failures = [var.settings]
}

run "half_a_processor_for_four_requests" {
  command = plan
  variables { functions = { dispatcher = { cpu = "0.5" } } }
  expect_failures = [google_cloudfunctions2_function.function]
}

run "alerts_that_nobody_is_told" {
  command = plan
  variables { notification_channels = [] }
  expect_failures = [check.alerts_reach_somebody]
}

run "a_section_as_the_runbook" {
  command = plan
  variables { runbook_url = "https://wiki.example.com/runbook#work-failed-permanently" }
  expect_failures = [var.runbook_url]
}

run "a_collector_with_a_password" {
  command = plan
  variables { otlp_endpoint = "https://me:secret@collector.example.com:4318" }
  expect_failures = [var.otlp_endpoint]
}

run "a_name_too_short_for_firestore" {
  command = plan
  variables { name = "abc" }
  expect_failures = [var.name]
}

run "a_time_zone_that_does_not_exist" {
  command = plan
  variables { accounts = { acme = { api_url = "https://acme.api-us1.com", time_zone = "Europe/Munich" } } }
  expect_failures = [var.accounts]
}

run "four_processors_with_too_little_memory" {
  command = plan
  variables { functions = { campaign_worker = { cpu = "4", memory = "1Gi" } } }
  expect_failures = [google_cloudfunctions2_function.function]
}

run "one_processor_with_too_much_memory" {
  command = plan
  variables { functions = { campaign_worker = { memory = "8Gi" } } }
  expect_failures = [google_cloudfunctions2_function.function]
}

run "a_third_of_a_processor_with_a_gigabyte" {
  command = plan
  variables { functions = { contacts_worker = { cpu = "0.333", concurrency = 1, memory = "1Gi" } } }
  expect_failures = [google_cloudfunctions2_function.function]
}

run "three_processors" {
  command = plan
  variables { functions = { campaign_worker = { cpu = "3", memory = "2Gi" } } }
  expect_failures = [google_cloudfunctions2_function.function]
}

run "data_on_another_continent" {
  command = plan
  variables {
    region             = "europe-west1"
    bigquery_location  = "US"
    firestore_location = "eur3"
  }
  expect_failures = [check.data_stays_on_its_continent]
}

run "state_on_another_continent" {
  command = plan
  variables {
    region             = "us-central1"
    firestore_location = "eur3"
  }
  expect_failures = [check.data_stays_on_its_continent]
}

run "a_place_of_state_that_sounds_right" {
  command = plan
  variables { firestore_location = "eur5" }
  expect_failures = [var.firestore_location]
}
