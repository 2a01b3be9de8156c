locals {
  service_selector      = "monitored_resource=\"cloud_run_revision\",service_name=~\"${var.name}-(dispatcher|campaign-worker|contacts-worker)\""
  subscription_selector = "monitored_resource=\"pubsub_subscription\",subscription_id=~\"${var.name}-.*\""

  charts = [
    {
      title  = "Activities per hour, by type"
      type   = "STACKED_BAR"
      series = { "$${labels.event_type}" = "sum by (event_type) (increase(${local.series.activities}[1h]))" }
    },
    {
      title = "Campaigns per run: due, done, failed"
      type  = "STACKED_BAR"
      series = {
        "due in $${labels.run_id}"                = "sum by (run_id) (increase(${local.series.campaigns_due}[1h]))"
        "$${labels.outcome} in $${labels.run_id}" = "sum by (run_id, outcome) (increase(${replace(local.series.deliveries, "}", ",outcome=~\"done|failed\",service_name=\"${var.name}-campaign-worker\"}")}[1h]))"
      }
    },
    {
      title = "Requests to ActiveCampaign and 429s, per hour"
      type  = "LINE"
      series = {
        "requests of $${labels.organization_id}" = "sum by (organization_id) (increase(${local.series.api_requests}[1h]))"
        "429s of $${labels.organization_id}"     = "sum by (organization_id) (increase(${local.series.api_throttled}[1h]))"
      }
    },
    {
      title = "Use of each account's API budget (1 is the whole budget)"
      type  = "LINE"
      series = {
        for id, account in var.accounts : id =>
        "sum(rate(${replace(local.series.api_requests, "}", ",organization_id=\"${id}\"}")}[30m])) / ${account.requests_per_second}"
      }
    },
    {
      title  = "Age of the oldest waiting message, in seconds"
      type   = "LINE"
      series = { "$${labels.subscription_id}" = "max by (subscription_id) (pubsub_googleapis_com:subscription_oldest_unacked_message_age{${local.subscription_selector}})" }
    },
    {
      title  = "Waiting messages"
      type   = "LINE"
      series = { "$${labels.subscription_id}" = "max by (subscription_id) (pubsub_googleapis_com:subscription_num_undelivered_messages{${local.subscription_selector}})" }
    },
    {
      title  = "Deliveries per hour, by outcome"
      type   = "STACKED_BAR"
      series = { "$${labels.outcome}" = "sum by (outcome) (increase(${local.series.deliveries}[1h]))" }
    },
    {
      title  = "Request latency in ms, 95th percentile"
      type   = "LINE"
      series = { "$${labels.service_name}" = "histogram_quantile(0.95, sum by (service_name, le) (increase(run_googleapis_com:request_latencies_bucket{${local.service_selector}}[10m])))" }
    },
    {
      title  = "Memory in use (1 is the whole memory), 99th percentile"
      type   = "LINE"
      series = { "$${labels.service_name}" = "histogram_quantile(0.99, sum by (service_name, le) (increase(run_googleapis_com:container_memory_utilizations_bucket{${local.service_selector}}[10m])))" }
    },
    {
      title  = "Bytes billed by BigQuery, per day"
      type   = "LINE"
      series = { "$${labels.principal}" = "sum by (principal) (increase(${local.series.bytes_billed}[1d]))" }
    },
  ]
}

resource "google_monitoring_dashboard" "dashboard" {
  project = var.project_id
  dashboard_json = jsonencode({
    displayName = "Sendtrail (${var.name})"
    gridLayout = {
      columns = "2"
      widgets = [
        for chart in local.charts : {
          title = chart.title
          xyChart = {
            dataSets = [
              for legend, query in chart.series : {
                legendTemplate  = legend
                plotType        = chart.type
                timeSeriesQuery = { prometheusQuery = query }
              }
            ]
          }
        }
      ]
    }
  })

  depends_on = [google_logging_metric.metric]
}
