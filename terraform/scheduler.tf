locals {
  # All call the dispatcher. A run is identified by its scheduled time and its job.
  schedules = {
    campaigns = {
      description = "Changed campaigns, every ${var.dispatch_every_hours} h."
      cron        = "0 */${var.dispatch_every_hours} * * *"
      body        = jsonencode(merge({ contacts = false }, var.dispatch_groups == 1 ? {} : { groups = var.dispatch_groups, group = 0 }))
    }
    contacts = {
      description = "All contacts, daily."
      cron        = "${tonumber(split(":", var.contacts_at)[1])} ${tonumber(split(":", var.contacts_at)[0])} * * *"
      body        = jsonencode({ campaign_ids = [], contacts = true })
    }
  }

  # The other groups of accounts, in equal parts of the interval after the first one.
  minutes_between_groups = var.dispatch_every_hours * 60 / var.dispatch_groups
  group_schedules = {
    for group in range(1, var.dispatch_groups) : "campaigns-${group + 1}" => {
      description = "Changed campaigns of group ${group + 1} of ${var.dispatch_groups}, every ${var.dispatch_every_hours} h."
      cron        = "${group * local.minutes_between_groups % 60} ${floor(group * local.minutes_between_groups / 60)}-23/${var.dispatch_every_hours} * * *"
      body        = jsonencode({ contacts = false, groups = var.dispatch_groups, group = group })
    }
  }

  scheduler_email = "${google_service_account.scheduler.account_id}@${local.account_domain}"
}

resource "google_cloud_scheduler_job" "dispatch" {
  for_each = merge(local.schedules, local.group_schedules)

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
    body        = base64encode(each.value.body)

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
