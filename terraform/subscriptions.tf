locals {
  message_retention     = "604800s" # 7 days
  max_delivery_attempts = 100

  # The function that the messages of each topic are pushed to.
  push_targets = { campaigns = "campaign_worker", contacts = "contacts_worker" }

  # The topics that a person reads: failures, and the dead letters of each push subscription.
  pulled_topics = merge(
    { failures = google_pubsub_topic.topic["failures"].id },
    { for topic in keys(local.push_targets) : "${topic}-dead-letter" => google_pubsub_topic.dead_letter[topic].id },
  )

  push_email   = "${google_service_account.push.account_id}@${local.account_domain}"
  pubsub_agent = "service-${data.google_project.this.number}@gcp-sa-pubsub.iam.gserviceaccount.com"
}

# Only its number is used: the addresses of Google's service agents contain it. It depends on no resource, so that it is
# known at plan time: otherwise every new API would replace the grants of these agents.
data "google_project" "this" {
  project_id = var.project_id
}

# An operator pulls dead letters and publishes them again: `sendtrail retry`.
resource "google_pubsub_subscription_iam_member" "operator" {
  for_each = { for pair in setproduct(keys(local.push_targets), var.operators) : "${pair[0]}/${pair[1]}" => { topic = pair[0], member = pair[1] } }

  project      = var.project_id
  subscription = google_pubsub_subscription.pull["${each.value.topic}-dead-letter"].name
  role         = "roles/pubsub.subscriber"
  member       = each.value.member
}

resource "google_pubsub_topic_iam_member" "operator" {
  for_each = google_pubsub_subscription_iam_member.operator

  project = var.project_id
  topic   = google_pubsub_topic.topic[split("/", each.key)[0]].name
  role    = "roles/pubsub.publisher"
  member  = each.value.member
}

# Push subscriptions of our own instead of Eventarc triggers: the subscription of a trigger has no dead-letter topic, keeps
# messages for a day only and allows a delivery 10 s, and Terraform cannot change that.
resource "google_pubsub_subscription" "push" {
  for_each = local.push_targets

  project                    = var.project_id
  name                       = "${var.name}-${each.key}"
  topic                      = google_pubsub_topic.topic[each.key].id
  ack_deadline_seconds       = 600 # the maximum, and with it the longest that a push request may take
  message_retention_duration = local.message_retention
  labels                     = local.labels

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

  # A delivery that finds no free instance counts as an attempt, too: with few attempts, campaigns that wait behind a long
  # one would become dead letters without ever being tried.
  dead_letter_policy {
    dead_letter_topic     = google_pubsub_topic.dead_letter[each.key].id
    max_delivery_attempts = local.max_delivery_attempts
  }

  expiration_policy {
    ttl = "" # never: by default a subscription is deleted after 31 idle days
  }

  depends_on = [
    google_cloud_run_v2_service_iam_member.invoker,
    google_pubsub_topic_iam_member.dead_letter,
    google_service_account_iam_member.push_token,
  ]
}

# To move a dead letter, Pub/Sub's service agent acknowledges it here and publishes it there.
resource "google_pubsub_subscription_iam_member" "dead_letter" {
  for_each = local.push_targets

  project      = var.project_id
  subscription = google_pubsub_subscription.push[each.key].name
  role         = "roles/pubsub.subscriber"
  member       = "serviceAccount:${local.pubsub_agent}"
}

resource "google_pubsub_subscription" "pull" {
  for_each = local.pulled_topics

  project                    = var.project_id
  name                       = "${var.name}-${each.key}"
  topic                      = each.value
  ack_deadline_seconds       = 60
  message_retention_duration = local.message_retention
  labels                     = local.labels

  expiration_policy {
    ttl = ""
  }
}

# Pub/Sub authenticates as this account when it pushes.
resource "google_service_account" "push" {
  project      = var.project_id
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
