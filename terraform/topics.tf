locals {
  # Each topic that the code publishes to (Topic in sendtrail/ports.py).
  topics = toset(["campaigns", "contacts", "failures"])

  publishers = {
    for pair in flatten([
      for function, settings in local.functions : [
        for topic in settings.publishes_to : { function = function, topic = topic }
      ]
    ]) : "${pair.function}/${pair.topic}" => pair
  }
}

# Kept for 7 days, read or not: `gcloud pubsub subscriptions seek` goes back that far.
resource "google_pubsub_topic" "topic" {
  for_each = local.topics

  name                       = "${var.name}-${each.key}"
  message_retention_duration = local.retention

  depends_on = [google_project_service.api]
}

resource "google_pubsub_topic_iam_member" "publisher" {
  for_each = local.publishers

  topic  = google_pubsub_topic.topic[each.value.topic].name
  role   = "roles/pubsub.publisher"
  member = "serviceAccount:${local.emails[each.value.function]}"
}

# Where a message goes that was delivered in vain too often.
resource "google_pubsub_topic" "dead_letter" {
  for_each = local.pushes

  name                       = "${var.name}-${each.key}-dead-letter"
  message_retention_duration = local.retention

  depends_on = [google_project_service.api]
}

resource "google_pubsub_topic_iam_member" "dead_letter" {
  for_each = local.pushes

  topic  = google_pubsub_topic.dead_letter[each.key].name
  role   = "roles/pubsub.publisher"
  member = "serviceAccount:${local.pubsub_agent}"
}
