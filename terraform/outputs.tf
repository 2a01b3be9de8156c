output "add_api_keys" {
  description = "The command for each account that stores its API key, read from the keyboard: it stays out of files, history and state."
  value = {
    for id, secret in google_secret_manager_secret.api_key : id =>
    "read -rs KEY && printf %s \"$KEY\" | gcloud secrets versions add ${secret.secret_id} --project=${var.project_id} --data-file=-; unset KEY"
  }
}

output "start_now" {
  description = "The commands that start a run at once, instead of at its time."
  value = {
    for schedule, job in google_cloud_scheduler_job.dispatch : schedule =>
    "gcloud scheduler jobs run ${job.name} --project=${var.project_id} --location=${var.region}"
  }
}

output "read_failures" {
  description = "The commands that show work that failed and messages that were given up, without taking them away."
  value = {
    for what, subscription in google_pubsub_subscription.pull : what =>
    "gcloud pubsub subscriptions pull ${subscription.name} --project=${var.project_id} --limit=10"
  }
}

output "dispatcher_url" {
  description = "Where operators call the dispatcher."
  value       = google_cloudfunctions2_function.function["dispatcher"].service_config[0].uri
}

output "dataset" {
  description = "Where the results are."
  value       = "${var.project_id}.${google_bigquery_dataset.data.dataset_id}"
}

output "dashboard" {
  description = "Where to watch."
  value       = "https://console.cloud.google.com/monitoring/dashboards?project=${var.project_id}"
}

output "logs" {
  description = "Where the functions' log lines are."
  value       = "https://console.cloud.google.com/logs/query;query=${urlencode("resource.type=\"cloud_run_revision\" resource.labels.service_name=~\"^${var.name}-\"")}?project=${var.project_id}"
}

output "service_accounts" {
  description = "Who each function is."
  value       = local.emails
}

output "bundles" {
  description = "What each function was deployed from; the hash in the name is that of the code."
  value       = { for function, object in google_storage_bucket_object.bundle : function => object.name }
}
