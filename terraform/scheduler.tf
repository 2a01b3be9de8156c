locals {
  # Both call the dispatcher, at times that never meet: a run is known by its schedule time.
  schedules = {
    campaigns = {
      description = "Campaigns with news, every ${var.dispatch_every_hours} h."
      cron        = "0 */${var.dispatch_every_hours} * * *"
      body        = { contacts = false }
    }
    contacts = {
      description = "All contacts, daily."
      cron        = "${tonumber(split(":", var.contacts_at)[1])} ${tonumber(split(":", var.contacts_at)[0])} * * *"
      body        = { campaign_ids = [], contacts = true }
    }
  }

  scheduler_email = "${google_service_account.scheduler.account_id}@${local.account_domain}"
}

resource "google_cloud_scheduler_job" "dispatch" {
  for_each = local.schedules

  name             = "${var.name}-${each.key}"
  description      = each.value.description
  region           = var.region
  schedule         = each.value.cron
  time_zone        = "Etc/UTC" # no hour is skipped or doubled
  paused           = var.paused
  attempt_deadline = "${local.timeout_s + 30}s" # the default of 3 minutes would give up on a dispatcher that still works

  # A dispatcher that died holds its run for 3 minutes: the retries outlast that.
  retry_config {
    retry_count          = 5
    min_backoff_duration = "30s"
    max_backoff_duration = "300s"
    max_doublings        = 4
  }

  http_target {
    uri         = google_cloudfunctions2_function.function["dispatcher"].service_config[0].uri
    http_method = "POST"
    headers     = { "Content-Type" = "application/json" }
    body        = base64encode(jsonencode(each.value.body))

    oidc_token {
      service_account_email = local.scheduler_email
      audience              = google_cloudfunctions2_function.function["dispatcher"].service_config[0].uri
    }
  }

  depends_on = [google_cloud_run_v2_service_iam_member.invoker, google_project_service.api]
}

# Who Cloud Scheduler says it is when it calls.
resource "google_service_account" "scheduler" {
  account_id   = "${var.name}-scheduler"
  display_name = "Sendtrail: Cloud Scheduler"
  description  = "Calls the dispatcher on behalf of Cloud Scheduler."

  depends_on = [google_project_service.api]
}
