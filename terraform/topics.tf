locals {
  # Every Topic of the Python code.
  topics = toset(["campaigns", "contacts", "failures"])

  # The topics that each function publishes to, by "<function>/<topic>".
  publishers = {
    for pair in flatten([
      for function, settings in local.functions : [
        for topic in settings.publishes_to : { function = function, topic = topic }
      ]
    ]) : "${pair.function}/${pair.topic}" => pair
  }
}

# Messages are kept for 7 days, acknowledged or not: `gcloud pubsub subscriptions seek` can go back that far.
resource "google_pubsub_topic" "topic" {
  for_each = local.topics

  project                    = var.project_id
  name                       = "${var.name}-${each.key}"
  message_retention_duration = local.message_retention
  labels                     = local.labels

  depends_on = [google_project_service.api]
}

resource "google_pubsub_topic_iam_member" "publisher" {
  for_each = local.publishers

  project = var.project_id
  topic   = google_pubsub_topic.topic[each.value.topic].name
  role    = "roles/pubsub.publisher"
  member  = "serviceAccount:${local.function_emails[each.value.function]}"
}

# Receives the messages whose delivery failed too often.
resource "google_pubsub_topic" "dead_letter" {
  for_each = local.push_targets

  project                    = var.project_id
  name                       = "${var.name}-${each.key}-dead-letter"
  message_retention_duration = local.message_retention
  labels                     = local.labels

  depends_on = [google_project_service.api]
}

resource "google_pubsub_topic_iam_member" "dead_letter" {
  for_each = local.push_targets

  project = var.project_id
  topic   = google_pubsub_topic.dead_letter[each.key].name
  role    = "roles/pubsub.publisher"
  member  = "serviceAccount:${local.pubsub_agent}"
}
