locals {
  alerts = {
    dead_letters = {
      title    = "messages became dead letters"
      severity = "ERROR"
      query    = "max by (subscription_id) (pubsub_googleapis_com:subscription_num_undelivered_messages{monitored_resource=\"pubsub_subscription\",subscription_id=~\"${var.name}-.*-dead-letter\"}) > 0"
      advice   = "Delivery failed ${local.max_delivery_attempts} times. `gcloud pubsub subscriptions pull` on the subscription of that name shows the messages; the functions' logs show the reasons."
    }
    failures = {
      title    = "work failed permanently"
      severity = "ERROR"
      query    = "max by (subscription_id) (pubsub_googleapis_com:subscription_num_undelivered_messages{monitored_resource=\"pubsub_subscription\",subscription_id=\"${var.name}-failures\"}) > 0"
      advice   = "`gcloud pubsub subscriptions pull ${var.name}-failures --limit=10` shows each failure with its reason; add --auto-ack once you have dealt with it."
    }
    oldest_message = {
      title    = "messages wait too long"
      severity = "WARNING"
      query    = "max by (subscription_id) (pubsub_googleapis_com:subscription_oldest_unacked_message_age{monitored_resource=\"pubsub_subscription\",subscription_id=~\"${var.name}-(campaigns|contacts)\"}) > ${var.alert_thresholds.oldest_message_hours * 3600}"
      advice   = "Normal during a first backfill. Otherwise look for errors of the workers, and at the use of the API budget."
    }
    run_unfinished = {
      title    = "a run did not finish before the next one started"
      severity = "WARNING"
      query    = "sum by (organization_id) (increase(${local.series.runs_unfinished}[1h])) > 0"
      advice   = "Some campaigns of the previous run are neither done nor failed. Nothing is lost: the next run continues with them. If this happens again, dispatch less often or raise the account's rate limit."
    }
    no_run = {
      title    = "no run for two intervals"
      severity = "CRITICAL"
      # No run in one interval, for one interval: two since the last run, and no alert before the first run is due.
      query    = "(sum(increase(${local.series.runs}[${var.dispatch_every_hours}h])) or vector(0)) < 0.5" # increase() extrapolates: one run may count as 0.99
      duration = "${var.dispatch_every_hours * 3600}s"
      advice   = "Look at the job ${var.name}-campaigns in Cloud Scheduler and at the dispatcher's logs."
    }
    throttled = {
      title    = "ActiveCampaign responds with 429"
      severity = "WARNING"
      query    = "sum by (organization_id) (increase(${local.series.api_throttled}[1h])) > ${var.alert_thresholds.throttled_per_hour}"
      advice   = "Another integration uses the account's rate limit, too: lower requests_per_second of that account."
    }
    bytes_billed = {
      title    = "BigQuery bills more than expected"
      severity = "WARNING"
      query    = "sum(increase(${local.series.bytes_billed}[1d])) > ${var.alert_thresholds.gib_billed_per_day * pow(1024, 3)}"
      advice   = "The functions' statements scan more than expected. `INFORMATION_SCHEMA.JOBS` shows which ones, by their labels run_id, organization and campaign."
    }
  }
}

resource "google_monitoring_alert_policy" "alert" {
  for_each = local.alerts

  project               = var.project_id
  display_name          = "Sendtrail (${var.name}): ${each.value.title}"
  combiner              = "OR"
  severity              = each.value.severity
  enabled               = each.key != "no_run" || !var.paused
  notification_channels = var.notification_channels

  conditions {
    display_name = each.value.title

    condition_prometheus_query_language {
      query               = each.value.query
      duration            = try(each.value.duration, "0s")
      evaluation_interval = "300s"

      # Monitoring does not know a log-based metric until its first line is logged.
      disable_metric_validation = true
    }
  }

  alert_strategy {
    auto_close = "86400s"
  }

  documentation {
    content   = each.value.advice
    mime_type = "text/markdown"
  }

  depends_on = [google_logging_metric.metric]
}
