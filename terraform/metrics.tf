locals {
  metric_prefix       = replace(var.name, "-", "_")
  service_logs        = "resource.type=\"cloud_run_revision\" resource.labels.service_name=~\"^${var.name}-(dispatcher|campaign-worker|contacts-worker)$\""
  function_principals = join(" OR ", [for email in values(local.function_emails) : "\"${email}\""])

  # Each metric counts the log lines of one event, or (with a value) adds up a number in these lines.
  metrics = {
    runs = {
      # Not those of contacts or of campaigns that somebody named. Functions from before there was a kind count as before.
      description = "Accounts whose campaigns were dispatched."
      filter      = "${local.service_logs} jsonPayload.event=\"run_dispatched\" NOT jsonPayload.kind=(\"contacts\" OR \"named_campaigns\")"
      labels      = { organization_id = "labels.organization_id" }
    }
    runs_unfinished = {
      description = "Runs that had not finished when the next one started."
      filter      = "${local.service_logs} jsonPayload.event=\"run_unfinished\""
      labels      = { organization_id = "labels.organization_id" }
    }
    campaigns_due = {
      description = "Campaigns that a run published a message for."
      filter      = "${local.service_logs} jsonPayload.event=\"run_dispatched\""
      value       = "jsonPayload.due"
      labels      = { organization_id = "labels.organization_id", run_id = "labels.run_id" }
    }
    deliveries = {
      description = "Deliveries of messages to the workers, by outcome."
      filter      = "${local.service_logs} jsonPayload.event=\"delivery_ended\""
      labels      = { organization_id = "labels.organization_id", run_id = "labels.run_id", outcome = "jsonPayload.outcome" }
    }
    failures = {
      description = "Work that failed permanently."
      filter      = "${local.service_logs} jsonPayload.event=\"work_failed\""
      labels      = { organization_id = "labels.organization_id" }
    }
    scheduler_failures = {
      # What the dispatcher responded with 5xx is counted by its own metric.
      description = "Calls of Cloud Scheduler that did not reach the dispatcher."
      filter      = "resource.type=\"cloud_scheduler_job\" resource.labels.job_id=~\"^${var.name}-(campaigns(-[0-9]+)?|contacts)$\" severity>=ERROR NOT httpRequest.status=(500 OR 503)"
      labels      = {}
      resource    = "cloud_scheduler_job"
    }
    activities = {
      description = "Activities merged into BigQuery."
      filter      = "${local.service_logs} jsonPayload.event=\"activities_merged\""
      value       = "jsonPayload.rows"
      labels      = { organization_id = "labels.organization_id", event_type = "jsonPayload.event_type" }
    }
    api_requests = {
      description = "Requests to ActiveCampaign."
      filter      = "${local.service_logs} jsonPayload.event=\"api_used\""
      value       = "jsonPayload.requests"
      labels      = { organization_id = "labels.organization_id" }
    }
    api_throttled = {
      description = "Requests to which ActiveCampaign responded with 429."
      filter      = "${local.service_logs} jsonPayload.event=\"api_used\""
      value       = "jsonPayload.throttled"
      labels      = { organization_id = "labels.organization_id" }
    }
    bytes_billed = {
      # From BigQuery's audit log, which is always on: what Google bills, not what the code expects.
      description = "Bytes that BigQuery bills for the functions' statements."
      filter      = "resource.type=\"bigquery_project\" protoPayload.metadata.jobChange.after=\"DONE\" protoPayload.authenticationInfo.principalEmail=(${local.function_principals})"
      value       = "protoPayload.metadata.jobChange.job.jobStats.queryStats.totalBilledBytes"
      labels      = { principal = "protoPayload.authenticationInfo.principalEmail" }
      resource    = "bigquery_project"
    }
  }

  # The name of each metric in PromQL. The _sum of a distribution is the total of its values.
  # https://cloud.google.com/monitoring/promql/promql-mapping
  series = {
    for metric, settings in local.metrics : metric => format(
      "logging_googleapis_com:user_%s_%s%s{monitored_resource=\"%s\"}",
      local.metric_prefix,
      metric,
      can(settings.value) ? "_sum" : "",
      try(settings.resource, "cloud_run_revision"),
    )
  }
}

resource "google_logging_metric" "metric" {
  for_each = local.metrics

  project          = var.project_id
  name             = "${local.metric_prefix}_${each.key}"
  description      = each.value.description
  filter           = each.value.filter
  value_extractor  = can(each.value.value) ? "EXTRACT(${each.value.value})" : null
  label_extractors = { for label, field in each.value.labels : label => "EXTRACT(${field})" }

  metric_descriptor {
    metric_kind  = "DELTA"
    value_type   = can(each.value.value) ? "DISTRIBUTION" : "INT64"
    unit         = each.key == "bytes_billed" ? "By" : "1"
    display_name = each.value.description

    dynamic "labels" {
      for_each = each.value.labels
      content {
        key = labels.key
      }
    }
  }

  # Only the sum is used. Without explicit bounds Google would store 64 buckets per metric.
  dynamic "bucket_options" {
    for_each = can(each.value.value) ? [1] : []
    content {
      explicit_buckets {
        bounds = [1]
      }
    }
  }

  depends_on = [google_project_service.api]
}
