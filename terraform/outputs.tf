output "add_api_keys" {
  description = "The command, per account, that stores its API key. It reads the key from the keyboard, which keeps it out of files, the shell history and the state."
  value = {
    for id, secret in google_secret_manager_secret.api_key : id =>
    "read -rs KEY && printf %s \"$KEY\" | gcloud secrets versions add ${secret.secret_id} --project=${var.project_id} --data-file=-; unset KEY"
  }
}

output "start_now" {
  description = "The commands that start a run now instead of at its scheduled time."
  value = {
    for schedule, job in google_cloud_scheduler_job.dispatch : schedule =>
    "gcloud scheduler jobs run ${job.name} --project=${var.project_id} --location=${var.region}"
  }
}

output "read_failures" {
  description = "The commands that show failed work and dead letters, without removing them."
  value = {
    for topic, subscription in google_pubsub_subscription.pull : topic =>
    "gcloud pubsub subscriptions pull ${subscription.name} --project=${var.project_id} --limit=10"
  }
}

output "dispatcher_url" {
  description = "The URL at which operators call the dispatcher."
  value       = google_cloudfunctions2_function.function["dispatcher"].service_config[0].uri
}

output "dataset" {
  description = "The dataset with the results, `<project>.<dataset>`."
  value       = "${var.project_id}.${google_bigquery_dataset.data.dataset_id}"
}

output "dashboard" {
  description = "The URL of the dashboards in the console."
  value       = "https://console.cloud.google.com/monitoring/dashboards?project=${var.project_id}"
}

output "logs" {
  description = "The URL of the functions' logs in the console."
  value       = "https://console.cloud.google.com/logs/query;query=${urlencode("resource.type=\"cloud_run_revision\" resource.labels.service_name=~\"^${var.name}-\"")}?project=${var.project_id}"
}

output "service_accounts" {
  description = "The service account of each function."
  value       = local.function_emails
}

output "bundles" {
  description = "The object that each function is deployed from. The hash in its name is the hash of the code."
  value       = { for function, object in google_storage_bucket_object.bundle : function => object.name }
}
