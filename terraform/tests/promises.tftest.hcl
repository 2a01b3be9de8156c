# What holds for every plan, whatever the variables are.

mock_provider "google" {
  mock_data "google_project" {
    defaults = { number = "123456789012" }
  }
}

variables {
  project_id            = "example-project"
  accounts              = { acme = { api_url = "https://acme.api-us1.com" } }
  readers               = ["group:analysts@example.com"]
  loaders               = ["group:shop@example.com"]
  operators             = ["user:ann@example.com"]
  bundles               = "./tests/bundles/before"
  notification_channels = ["projects/example-project/notificationChannels/1"]
}

run "access" {
  command = plan

  assert {
    condition = alltrue([
      for grant in concat(
        values(google_cloud_run_v2_service_iam_member.invoker),
        values(google_pubsub_topic_iam_member.publisher),
        values(google_pubsub_topic_iam_member.dead_letter),
        values(google_pubsub_subscription_iam_member.dead_letter),
        values(google_secret_manager_secret_iam_member.reader),
        values(google_bigquery_table_iam_member.merge),
        values(google_bigquery_table_iam_member.read),
        values(google_bigquery_dataset_iam_member.stage),
        values(google_bigquery_dataset_iam_member.reader),
        values(google_bigquery_table_iam_member.load),
        values(google_bigquery_dataset_iam_member.load),
        values(google_project_iam_member.load),
        values(google_project_iam_member.build),
        values(google_project_iam_member.job),
        values(google_project_iam_member.state),
        [google_storage_bucket_iam_member.build, google_service_account_iam_member.push_token],
      ) : !contains(["allUsers", "allAuthenticatedUsers"], grant.member) && !contains(["roles/owner", "roles/editor", "roles/viewer"], grant.role)
    ])
    error_message = "Nothing is public, and nobody has a primitive role."
  }

  assert {
    condition     = toset([for grant in google_project_iam_member.job : grant.role]) == toset(["roles/bigquery.jobUser"])
    error_message = "Without a condition, a function's only role on the project is to run BigQuery jobs."
  }

  assert {
    condition     = alltrue([for grant in google_project_iam_member.state : endswith(grant.condition[0].expression, "/databases/sendtrail\"")])
    error_message = "A function sees its own Firestore database only."
  }

  assert {
    condition     = length([for grant in google_project_iam_member.state : grant if grant.member == "user:ann@example.com"]) == 1 && toset([for grant in google_pubsub_subscription_iam_member.operator : "${grant.member} ${grant.subscription}"]) == toset(["user:ann@example.com sendtrail-campaigns-dead-letter", "user:ann@example.com sendtrail-contacts-dead-letter"])
    error_message = "Operators change the state of the accounts, and publish dead letters again."
  }

  assert {
    condition     = length(distinct([for function in google_cloudfunctions2_function.function : function.service_config[0].service_account_email])) == 3
    error_message = "Each function runs as a service account of its own."
  }

  assert {
    condition     = sort([for grant in google_cloud_run_v2_service_iam_member.invoker : "${grant.member} ${grant.name}"]) == sort(["serviceAccount:sendtrail-push@example-project.iam.gserviceaccount.com sendtrail-campaign-worker", "serviceAccount:sendtrail-push@example-project.iam.gserviceaccount.com sendtrail-contacts-worker", "serviceAccount:sendtrail-scheduler@example-project.iam.gserviceaccount.com sendtrail-dispatcher", "user:ann@example.com sendtrail-dispatcher"])
    error_message = "Pub/Sub may call the workers, Cloud Scheduler and operators may call the dispatcher, and nobody may call anything else."
  }

  assert {
    condition     = sort([for grant in google_bigquery_table_iam_member.merge : "${grant.member} ${grant.table_id}"]) == sort([for pair in [["campaign-worker", "email_activities"], ["campaign-worker", "unreadable_rows"], ["campaign-worker", "erased_rows"], ["contacts-worker", "contacts"], ["dispatcher", "campaigns"], ["dispatcher", "messages"], ["dispatcher", "runs"]] : "serviceAccount:sendtrail-${pair[0]}@example-project.iam.gserviceaccount.com ${pair[1]}"])
    error_message = "Each function writes its own tables and no other."
  }

  assert {
    condition     = sort([for grant in google_bigquery_table_iam_member.read : "${grant.member} ${grant.table_id} ${grant.role}"]) == sort([for table in ["email_activities", "erased_rows"] : "serviceAccount:sendtrail-dispatcher@example-project.iam.gserviceaccount.com ${table} roles/bigquery.dataViewer"])
    error_message = "The dispatcher reads what is stored and what the times of rows mean, and no function reads anything else that it does not write."
  }

  assert {
    condition     = google_pubsub_subscription_iam_member.dead_letter["campaigns"].member == "serviceAccount:service-123456789012@gcp-sa-pubsub.iam.gserviceaccount.com" && google_pubsub_topic_iam_member.dead_letter["campaigns"].role == "roles/pubsub.publisher"
    error_message = "Pub/Sub's own agent may move messages to the dead-letter topics."
  }

  assert {
    condition     = google_storage_bucket.bundles.public_access_prevention == "enforced" && google_storage_bucket.bundles.uniform_bucket_level_access
    error_message = "The bundles can never be public."
  }
}

run "deliveries" {
  command = plan

  assert {
    condition     = alltrue([for topic in merge(google_pubsub_topic.topic, google_pubsub_topic.dead_letter) : topic.message_retention_duration == "604800s"])
    error_message = "Every topic keeps its messages for 7 days."
  }

  assert {
    condition     = alltrue([for subscription in google_pubsub_subscription.push : subscription.ack_deadline_seconds == 600])
    error_message = "A push may last 600 s."
  }

  assert {
    condition     = alltrue([for subscription in google_pubsub_subscription.push : subscription.dead_letter_policy[0].max_delivery_attempts >= 50])
    error_message = "A message is delivered at least 50 times before it becomes a dead letter."
  }

  assert {
    condition     = alltrue([for subscription in google_pubsub_subscription.push : subscription.retry_policy[0].minimum_backoff == "10s" && subscription.retry_policy[0].maximum_backoff == "600s"])
    error_message = "Deliveries back off from 10 s to 600 s."
  }

  assert {
    condition     = alltrue([for subscription in concat(values(google_pubsub_subscription.push), values(google_pubsub_subscription.pull)) : subscription.expiration_policy[0].ttl == ""])
    error_message = "No subscription expires."
  }

  assert {
    condition     = alltrue([for subscription in concat(values(google_pubsub_subscription.push), values(google_pubsub_subscription.pull)) : coalesce(subscription.enable_message_ordering, false) == false])
    error_message = "No subscription orders its messages: one bad campaign would hold up all others."
  }

  assert {
    condition     = alltrue([for subscription in google_pubsub_subscription.push : subscription.push_config[0].oidc_token[0].service_account_email == "sendtrail-push@example-project.iam.gserviceaccount.com"])
    error_message = "Pub/Sub authenticates when it pushes."
  }

  assert {
    condition     = sort(keys(google_pubsub_subscription.pull)) == sort(["campaigns-dead-letter", "contacts-dead-letter", "failures"])
    error_message = "Failures and dead letters are kept for a person to read."
  }
}

run "functions" {
  command = plan

  assert {
    condition     = { for key, function in google_cloudfunctions2_function.function : key => function.build_config[0].entry_point } == { dispatcher = "dispatch", campaign_worker = "sync_campaign", contacts_worker = "sync_contacts" }
    error_message = "The three functions start at their entry points."
  }

  assert {
    condition     = alltrue([for function in google_cloudfunctions2_function.function : function.service_config[0].timeout_seconds == 540 && length(function.event_trigger) == 0])
    error_message = "A function has 540 s, within the 600 s of a push, and no Eventarc trigger."
  }

  assert {
    condition     = alltrue([for key in ["campaign_worker", "contacts_worker"] : google_cloudfunctions2_function.function[key].service_config[0].ingress_settings == "ALLOW_INTERNAL_ONLY"])
    error_message = "Workers cannot be reached from outside."
  }

  assert {
    condition     = google_cloudfunctions2_function.function["dispatcher"].service_config[0].ingress_settings == "ALLOW_ALL"
    error_message = "Operators can reach the dispatcher from outside."
  }
}

run "no_operators" {
  command = plan
  variables { operators = [] }

  assert {
    condition     = google_cloudfunctions2_function.function["dispatcher"].service_config[0].ingress_settings == "ALLOW_INTERNAL_ONLY"
    error_message = "Without operators the dispatcher cannot be reached from outside either."
  }
}

run "a_function_changed" {
  command = plan
  variables { functions = { campaign_worker = { memory = "2Gi", max_instances = 9 } } }

  assert {
    condition     = google_cloudfunctions2_function.function["campaign_worker"].service_config[0].available_memory == "2Gi" && google_cloudfunctions2_function.function["campaign_worker"].service_config[0].max_instance_count == 9
    error_message = "What is set for a function is used."
  }

  assert {
    condition     = google_cloudfunctions2_function.function["campaign_worker"].service_config[0].available_cpu == "1" && google_cloudfunctions2_function.function["dispatcher"].service_config[0].available_memory == "512Mi"
    error_message = "What is not set keeps its default."
  }
}

run "functions_of_every_size_that_cloud_run_has" {
  command = plan
  variables {
    name = "send"
    functions = {
      dispatcher      = { cpu = "0.583", memory = "1Gi", concurrency = 1 }
      campaign_worker = { cpu = "2", memory = "8Gi", concurrency = 8 }
      contacts_worker = { cpu = "4", memory = "2Gi", concurrency = 16 }
    }
  }

  assert {
    condition     = { for key, function in google_cloudfunctions2_function.function : key => function.service_config[0].available_memory } == { dispatcher = "1Gi", campaign_worker = "8Gi", contacts_worker = "2Gi" }
    error_message = "What Cloud Run allows is allowed."
  }
}

run "schedules" {
  command = plan

  assert {
    condition     = { for key, job in google_cloud_scheduler_job.dispatch : key => job.schedule } == { campaigns = "0 */6 * * *", contacts = "30 3 * * *" }
    error_message = "Campaigns every 6 hours, contacts daily."
  }

  assert {
    condition     = alltrue([for job in google_cloud_scheduler_job.dispatch : job.time_zone == "Etc/UTC"])
    error_message = "Schedules are in UTC."
  }

  assert {
    condition     = alltrue([for job in google_cloud_scheduler_job.dispatch : tonumber(trimsuffix(job.attempt_deadline, "s")) > 540 && tonumber(trimsuffix(job.attempt_deadline, "s")) <= 1800])
    error_message = "Cloud Scheduler waits for as long as the dispatcher may run, and that is within its own limit."
  }

  assert {
    condition     = alltrue([for job in google_cloud_scheduler_job.dispatch : job.retry_config[0].retry_count == 5 && job.http_target[0].oidc_token[0].service_account_email == "sendtrail-scheduler@example-project.iam.gserviceaccount.com"])
    error_message = "Cloud Scheduler retries, and authenticates when it calls."
  }
}

run "groups" {
  command = plan
  variables { dispatch_groups = 4 }

  assert {
    condition     = { for key, job in google_cloud_scheduler_job.dispatch : key => job.schedule } == { campaigns = "0 */6 * * *", campaigns-2 = "30 1-23/6 * * *", campaigns-3 = "0 3-23/6 * * *", campaigns-4 = "30 4-23/6 * * *", contacts = "30 3 * * *" }
    error_message = "The groups share the interval."
  }

  assert {
    condition     = [for key in ["campaigns", "campaigns-2", "campaigns-3", "campaigns-4"] : jsondecode(base64decode(google_cloud_scheduler_job.dispatch[key].http_target[0].body)).group] == [0, 1, 2, 3]
    error_message = "Each job asks for a group of its own."
  }
}

run "groups_of_an_hour" {
  command = plan
  variables {
    dispatch_groups      = 12
    dispatch_every_hours = 1
  }

  assert {
    condition     = google_cloud_scheduler_job.dispatch["campaigns-12"].schedule == "55 0-23/1 * * *"
    error_message = "Twelve groups are dispatched five minutes apart."
  }
}

run "paused" {
  command = plan
  variables { paused = true }

  assert {
    condition     = alltrue([for job in google_cloud_scheduler_job.dispatch : job.paused]) && [for key, alert in google_monitoring_alert_policy.alert : key if !alert.enabled] == ["no_run"]
    error_message = "While paused, nothing is started, and no alert is raised about that."
  }
}

run "data" {
  command = plan

  assert {
    condition     = alltrue([for table in google_bigquery_table.table : table.deletion_protection]) && google_firestore_database.state.delete_protection_state == "DELETE_PROTECTION_ENABLED"
    error_message = "Tables and state are protected from deletion."
  }

  assert {
    condition     = google_bigquery_dataset.staging.default_table_expiration_ms == 86400000 && google_bigquery_table.table["contacts_seen"].dataset_id == "marketing_ai_staging" && google_bigquery_table.table["contacts_seen"].expiration_time > 4000000000000
    error_message = "Staging tables expire after a day, but the list of contacts that a sync has seen does not."
  }

  assert {
    condition     = google_bigquery_table.table["email_activities"].time_partitioning[0].field == "activity_date" && google_bigquery_table.table["email_activities"].time_partitioning[0].expiration_ms == 730 * 86400000
    error_message = "Activities are partitioned by date and kept for 730 days."
  }

  assert {
    condition     = google_bigquery_table.table["email_activities"].clustering == tolist(["organization_id", "campaign_id", "contact_email", "event_type"])
    error_message = "Activities are clustered as in sql/: by account first, so that a statement of one account reads none of the others."
  }

  assert {
    condition     = google_bigquery_dataset_iam_member.reader["group:analysts@example.com"].role == "roles/bigquery.dataViewer" && google_bigquery_dataset_iam_member.reader["group:analysts@example.com"].dataset_id == "marketing_ai"
    error_message = "Readers may read the dataset."
  }

  assert {
    condition     = google_firestore_database.state.type == "FIRESTORE_NATIVE" && google_firestore_field.run_expiry.collection == "runs" && google_firestore_field.run_expiry.field == "expires_at" && length(google_firestore_field.run_expiry.ttl_config) == 1
    error_message = "Runs are deleted when they expire."
  }
}

run "a_longer_memory" {
  command = plan
  variables { activity_retention_days = 1826 }

  assert {
    condition     = google_bigquery_table.table["email_activities"].time_partitioning[0].expiration_ms == 1826 * 86400000
    error_message = "Activities are kept as long as somebody chose."
  }
}

run "unprotected" {
  command = plan
  variables { protect_data = false }

  assert {
    condition     = !anytrue([for table in google_bigquery_table.table : table.deletion_protection]) && google_firestore_database.state.delete_protection_state == "DELETE_PROTECTION_DISABLED"
    error_message = "With protect_data = false, everything can be destroyed."
  }
}

run "elsewhere" {
  command = plan
  variables {
    region             = "europe-west1"
    bigquery_location  = "EU"
    firestore_location = "eur3"
  }

  assert {
    condition     = google_bigquery_dataset.data.location == "EU" && google_bigquery_dataset.staging.location == "EU" && google_firestore_database.state.location_id == "eur3" && google_storage_bucket.bundles.location == "europe-west1"
    error_message = "Data can be stored in other locations than the functions."
  }
}

run "people" {
  command = plan
  variables { settings = { pseudonyms = true, erase_gone_after_days = 30 } }

  assert {
    condition     = length(google_secret_manager_secret.pseudonym_key) == 1 && length(google_secret_manager_secret_iam_member.pseudonym_reader) == 5 && length(google_secret_manager_secret_iam_member.pseudonym_maker) == 6
    error_message = "Functions, operators and loaders read the key of the pseudonyms, and functions make it."
  }

  assert {
    condition     = length(google_bigquery_dataset_iam_member.erase_gone) == 1 && length(google_secret_manager_secret_iam_member.erasure_maker_worker) == 2
    error_message = "The contacts worker may erase who is gone."
  }
}

run "people_as_they_are" {
  command = plan

  assert {
    condition     = length(google_secret_manager_secret.pseudonym_key) + length(google_bigquery_dataset_iam_member.erase_gone) == 0
    error_message = "Without the settings, there is no key of pseudonyms, and no function erases."
  }
}

run "everything_at_once" {
  command = apply

  assert {
    condition     = sort(keys(output.start_now)) == sort(["campaigns", "contacts"]) && strcontains(output.add_api_keys["acme"], "gcloud secrets versions add sendtrail-acme-api-key")
    error_message = "The outputs contain the commands to run next."
  }
}
