locals {
  retention             = "604800s" # 7 days
  max_delivery_attempts = 100

  # Topic => the function that its messages are pushed to.
  pushes = { campaigns = "campaign_worker", contacts = "contacts_worker" }

  # What a person reads: failures, and what is behind each push subscription.
  pulls = merge(
    { failures = google_pubsub_topic.topic["failures"].id },
    { for topic in keys(local.pushes) : "${topic}-dead-letter" => google_pubsub_topic.dead_letter[topic].id },
  )

  push_email   = "${google_service_account.push.account_id}@${local.account_domain}"
  pubsub_agent = "service-${data.google_project.this.number}@gcp-sa-pubsub.iam.gserviceaccount.com"
}

# Our own push subscriptions, not an Eventarc trigger's: that one has no dead-letter topic, keeps messages for a day only
# and gives a delivery 10 s, whatever Terraform says.
resource "google_pubsub_subscription" "push" {
  for_each = local.pushes

  name                       = "${var.name}-${each.key}"
  topic                      = google_pubsub_topic.topic[each.key].id
  ack_deadline_seconds       = 600 # the most there is, and for a push the longest a request may take
  message_retention_duration = local.retention

  push_config {
    push_endpoint = google_cloudfunctions2_function.function[each.value].service_config[0].uri

    oidc_token {
      service_account_email = local.push_email
      audience              = google_cloudfunctions2_function.function[each.value].service_config[0].uri
    }
  }

  retry_policy {
    minimum_backoff = "10s"
    maximum_backoff = "600s"
  }

  # A "no instance is free" counts as an attempt, too: with few of them, the campaigns that queue behind a long one would
  # be given up unseen.
  dead_letter_policy {
    dead_letter_topic     = google_pubsub_topic.dead_letter[each.key].id
    max_delivery_attempts = local.max_delivery_attempts
  }

  expiration_policy {
    ttl = "" # never: by default a subscription that is idle for 31 days vanishes
  }

  depends_on = [
    google_cloud_run_v2_service_iam_member.invoker,
    google_pubsub_topic_iam_member.dead_letter,
    google_service_account_iam_member.push_token,
  ]
}

# Dead-lettering is acknowledging here and publishing there, both done by Pub/Sub's own agent.
resource "google_pubsub_subscription_iam_member" "dead_letter" {
  for_each = local.pushes

  subscription = google_pubsub_subscription.push[each.key].name
  role         = "roles/pubsub.subscriber"
  member       = "serviceAccount:${local.pubsub_agent}"
}

resource "google_pubsub_subscription" "pull" {
  for_each = local.pulls

  name                       = "${var.name}-${each.key}"
  topic                      = each.value
  ack_deadline_seconds       = 60
  message_retention_duration = local.retention

  expiration_policy {
    ttl = ""
  }
}

# Who Pub/Sub says it is when it pushes.
resource "google_service_account" "push" {
  account_id   = "${var.name}-push"
  display_name = "Sendtrail: Pub/Sub push"
  description  = "Calls the workers on behalf of Pub/Sub."

  depends_on = [google_project_service.api]
}

resource "google_service_account_iam_member" "push_token" {
  service_account_id = "projects/${var.project_id}/serviceAccounts/${local.push_email}"
  role               = "roles/iam.serviceAccountTokenCreator"
  member             = "serviceAccount:${local.pubsub_agent}"
}
