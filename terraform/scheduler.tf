locals {
  # Both call the dispatcher, and never at the same minute: a run is identified by its scheduled time.
  schedules = {
    campaigns = {
      description = "Changed campaigns, every ${var.dispatch_every_hours} h."
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

  project          = var.project_id
  name             = "${var.name}-${each.key}"
  description      = each.value.description
  region           = var.region
  schedule         = each.value.cron
  time_zone        = "Etc/UTC" # no hour is skipped or repeated
  paused           = var.paused
  attempt_deadline = "${local.timeout_s + 30}s" # the default of 3 minutes would end a dispatcher that is still working

  # A dispatcher that died keeps its run locked for 3 minutes: the retries go on for longer.
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

# Cloud Scheduler authenticates as this account.
resource "google_service_account" "scheduler" {
  project      = var.project_id
  account_id   = "${var.name}-scheduler"
  display_name = "Sendtrail: Cloud Scheduler"
  description  = "Calls the dispatcher on behalf of Cloud Scheduler."

  depends_on = [google_project_service.api]
}
