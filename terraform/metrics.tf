locals {
  metric_prefix = replace(var.name, "-", "_")
  services      = "resource.type=\"cloud_run_revision\" resource.labels.service_name=~\"^${var.name}-(dispatcher|campaign-worker|contacts-worker)$\""
  our_jobs      = join(" OR ", [for email in values(local.emails) : "\"${email}\""])

  # Each counts the log lines of one event, or (with a value) adds up a number that these lines hold.
  metrics = {
    runs = {
      description = "Accounts whose campaigns were dispatched."
      filter      = "${local.services} jsonPayload.event=\"run_dispatched\""
      labels      = { organization_id = "labels.organization_id" }
    }
    runs_unfinished = {
      description = "Runs that were not over when the next one began."
      filter      = "${local.services} jsonPayload.event=\"run_unfinished\""
      labels      = { organization_id = "labels.organization_id" }
    }
    campaigns_due = {
      description = "Campaigns that a run published a message for."
      filter      = "${local.services} jsonPayload.event=\"run_dispatched\""
      value       = "jsonPayload.due"
      labels      = { organization_id = "labels.organization_id", run_id = "labels.run_id" }
    }
    deliveries = {
      description = "Deliveries of messages to the workers, by how they ended."
      filter      = "${local.services} jsonPayload.event=\"delivery_ended\""
      labels      = { organization_id = "labels.organization_id", run_id = "labels.run_id", outcome = "jsonPayload.outcome" }
    }
    activities = {
      description = "Activities merged into BigQuery."
      filter      = "${local.services} jsonPayload.event=\"activities_merged\""
      value       = "jsonPayload.rows"
      labels      = { organization_id = "labels.organization_id", event_type = "jsonPayload.event_type" }
    }
    api_requests = {
      description = "Requests to ActiveCampaign."
      filter      = "${local.services} jsonPayload.event=\"api_used\""
      value       = "jsonPayload.requests"
      labels      = { organization_id = "labels.organization_id" }
    }
    api_throttled = {
      description = "Requests that ActiveCampaign answered with 429."
      filter      = "${local.services} jsonPayload.event=\"api_used\""
      value       = "jsonPayload.throttled"
      labels      = { organization_id = "labels.organization_id" }
    }
    bytes_billed = {
      # From BigQuery's own audit log, which is always on: what Google bills, not what the code believes.
      description = "Bytes that BigQuery bills for the functions' statements."
      filter      = "resource.type=\"bigquery_project\" protoPayload.metadata.jobChange.after=\"DONE\" protoPayload.authenticationInfo.principalEmail=(${local.our_jobs})"
      value       = "protoPayload.metadata.jobChange.job.jobStats.queryStats.totalBilledBytes"
      labels      = { principal = "protoPayload.authenticationInfo.principalEmail" }
    }
  }

  # The metrics as PromQL knows them; a distribution's sum is what its values add up to.
  # https://cloud.google.com/monitoring/promql/promql-mapping
  series = {
    for metric, settings in local.metrics : metric => format(
      "logging_googleapis_com:user_%s_%s%s{monitored_resource=\"%s\"}",
      local.metric_prefix,
      metric,
      can(settings.value) ? "_sum" : "",
      metric == "bytes_billed" ? "bigquery_project" : "cloud_run_revision",
    )
  }
}

resource "google_logging_metric" "metric" {
  for_each = local.metrics

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

  # Only the sum is used; without bounds of our own Google would keep 64 buckets of each.
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
