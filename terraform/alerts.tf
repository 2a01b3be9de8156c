locals {
  enabled_accounts = sort([for id, account in var.accounts : id if account.enabled])

  # A series of the value 1 per enabled account: one that never ran has no series of its own that could be missing.
  account_series = join(" or ", [for id in local.enabled_accounts : "label_replace(vector(1), \"organization_id\", \"${id}\", \"\", \"\")"])

  # Each alert has a section of docs/runbook.md, whose title is its own.
  alerts = merge(local.pipeline_alerts, local.has_stored_views ? local.stored_views_alerts : {})
  pipeline_alerts = {
    dead_letters = {
      title    = "Messages became dead letters"
      severity = "ERROR"
      query    = "sum by (subscription_id) (increase(pubsub_googleapis_com:subscription_dead_letter_message_count{monitored_resource=\"pubsub_subscription\",subscription_id=~\"${var.name}-(campaigns|contacts)\"}[1h])) > 0"
      advice   = "Delivery failed ${local.max_delivery_attempts} times: this work is not tried again until its next run."
    }
    failures = {
      # The arrival of failures, not how many wait: new ones are reported although nobody has acknowledged the old ones.
      title    = "Work failed permanently"
      severity = "ERROR"
      query    = "sum by (organization_id) (increase(${local.series.failures}[1h])) > 0"
      advice   = "`gcloud pubsub subscriptions pull ${var.name}-failures --project=${var.project_id} --limit=10` shows each failure with its reason."
    }
    oldest_message = {
      title    = "Messages wait too long"
      severity = "WARNING"
      query    = "max by (subscription_id) (pubsub_googleapis_com:subscription_oldest_unacked_message_age{monitored_resource=\"pubsub_subscription\",subscription_id=~\"${var.name}-(campaigns|contacts)\"}) > ${var.alert_thresholds.oldest_message_hours * 3600}"
      advice   = "Normal during a first backfill. Otherwise look for errors of the workers, and at the use of the API budget."
    }
    run_unfinished = {
      title    = "A run did not finish before the next one started"
      severity = "WARNING"
      query    = "sum by (organization_id) (increase(${local.series.runs_unfinished}[1h])) > 0"
      advice   = "Nothing is lost: the next run continues with what is neither done nor failed."
    }
    no_run = {
      title    = "No run of an account for two intervals"
      severity = "CRITICAL"
      # No run in half an interval, for one and a quarter: not before the first run is due and had time to end, and within
      # two intervals of the last one. Together they must not exceed the 25 hours that Monitoring looks back.
      # https://cloud.google.com/monitoring/alerts/using-promql#limitations
      query    = length(local.enabled_accounts) == 0 ? "vector(0) > 0" : "(${local.account_series}) unless on (organization_id) (sum by (organization_id) (increase(${local.series.runs}[${var.dispatch_every_hours * 30}m])) > 0)"
      duration = "${var.dispatch_every_hours * 4500}s"
      advice   = "The account's campaigns are not looked at. If it is every account, look at Cloud Scheduler and the dispatcher; if it is one, at its failures."
    }
    scheduler_failed = {
      title    = "Cloud Scheduler cannot call the dispatcher"
      severity = "ERROR"
      query    = "sum by (job_id) (increase(${local.series.scheduler_failures}[1h])) > 0"
      advice   = "The call did not get as far as the code: mostly a missing right, or an address that has changed."
    }
    dispatcher_failed = {
      # A dispatcher that died keeps its run locked for 3 minutes: three responses of 5xx may be one death that is over.
      title    = "The dispatcher fails again and again"
      severity = "ERROR"
      query    = "sum by (service_name) (increase(run_googleapis_com:request_count{monitored_resource=\"cloud_run_revision\",service_name=\"${var.name}-dispatcher\",response_code_class=\"5xx\"}[1h])) > 3.5" # increase() extrapolates: 3 may count as 3.3
      advice   = "One account that does not respond is enough; the others are dispatched all the same. The dispatcher's log names it."
    }
    throttled = {
      title    = "ActiveCampaign responds with 429"
      severity = "WARNING"
      query    = "sum by (organization_id) (increase(${local.series.api_throttled}[1h])) > ${var.alert_thresholds.throttled_per_hour}"
      advice   = "Another integration uses the account's rate limit, too."
    }
    bytes_billed = {
      title    = "BigQuery bills more than expected"
      severity = "WARNING"
      query    = "sum(increase(${local.series.bytes_billed}[1d])) > ${var.alert_thresholds.gib_billed_per_day * pow(1024, 3)}"
      advice   = "`INFORMATION_SCHEMA.JOBS` shows which statements scan more than expected, by their labels run_id, organization and campaign."
    }
  }
  refresh_id = element(split("/", join("", google_bigquery_data_transfer_config.refresh[*].name)), -1)
  stored_views_alerts = {
    stored_views = {
      title    = "Stored views were not renewed"
      severity = "ERROR"
      # Whatever kept it from succeeding: an error, a schedule that was disabled, an agent without rights.
      query    = "label_replace(vector(1), \"config_id\", \"${local.refresh_id}\", \"\", \"\") unless on (config_id) (sum by (config_id) (increase(bigquerydatatransfer_googleapis_com:transfer_config_completed_runs{monitored_resource=\"bigquery_dts_config\",config_id=\"${local.refresh_id}\",completion_state=\"SUCCEEDED\"}[24h])) > 0)"
      duration = "3600s"
      advice   = "They hold for an earlier day, as `refreshes` says, or are empty if they never were; tables and other views are not concerned."
    }
  }

  # The anchor of a section as Markdown is commonly rendered: lower case, hyphens for spaces.
  runbook_anchors = { for alert, settings in local.alerts : alert => replace(lower(settings.title), " ", "-") }
}

resource "google_monitoring_alert_policy" "alert" {
  for_each = local.alerts

  project               = var.project_id
  display_name          = "Sendtrail (${var.name}): ${each.value.title}"
  combiner              = "OR"
  severity              = each.value.severity
  enabled               = each.key != "no_run" || (!var.paused && length(local.enabled_accounts) > 0)
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
    content   = "${each.value.advice}\n\nWhat to do, step by step: docs/runbook.md#${local.runbook_anchors[each.key]}"
    mime_type = "text/markdown"

    dynamic "links" {
      for_each = var.runbook_url == null ? [] : [var.runbook_url]
      content {
        display_name = "Runbook: ${each.value.title}"
        url          = "${links.value}#${local.runbook_anchors[each.key]}"
      }
    }
  }

  depends_on = [google_logging_metric.metric]
}

# A warning and no error: alerts can be looked at in the console as well.
check "alerts_reach_somebody" {
  assert {
    condition     = length(var.notification_channels) > 0
    error_message = "notification_channels is empty: alerts are raised in the console and nobody is told. `gcloud beta monitoring channels list` shows the channels there are."
  }
}
