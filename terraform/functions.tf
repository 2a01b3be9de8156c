locals {
  # At a time: 4 use an account's whole API budget, and more would be billed for waiting. Groups take their turns.
  deliveries = 4 * max(1, ceil(length(var.accounts) / var.dispatch_groups))

  # Each function, with everything that it may do: the topics that it publishes to, the tables that it merges into and
  # those that it reads besides.
  function_defaults = {
    dispatcher = {
      description   = "Lists each account's campaigns and publishes a message for each one that changed."
      entry_point   = "dispatch"
      memory        = "512Mi"
      cpu           = "1"
      max_instances = 2
      publishes_to  = ["campaigns", "contacts", "failures"]
      merges_into   = ["campaigns", "messages", "runs"]
      reads         = ["email_activities", "erased_rows"] # what is stored, and what the times of its rows mean
    }
    campaign_worker = {
      description   = "Copies one campaign's activities into BigQuery, page by page."
      entry_point   = "sync_campaign"
      memory        = "1Gi"
      cpu           = "1"
      concurrency   = min(16, local.deliveries) # waiting for pages, 16 deliveries use a seventh of a processor
      max_instances = ceil(local.deliveries / 16)
      publishes_to  = ["campaigns", "failures"]
      merges_into   = ["email_activities", "unreadable_rows", "erased_rows"]
      reads         = []
    }
    contacts_worker = {
      description   = "Copies all contacts of one account into BigQuery."
      entry_point   = "sync_contacts"
      memory        = "1Gi"
      cpu           = "1"
      max_instances = ceil(length(var.accounts) / 4)
      publishes_to  = ["contacts", "failures"]
      merges_into   = ["contacts"]
      reads         = []
    }
  }

  functions = {
    for function, defaults in local.function_defaults : function => merge(
      { concurrency = 4 },
      defaults,
      { for name, value in try(var.functions[function], {}) : name => value if value != null },
      { name = "${var.name}-${replace(function, "_", "-")}" },
    )
  }

  # The least and the most memory, in MiB, that Cloud Run gives each number of processors.
  # https://cloud.google.com/run/docs/configuring/services/cpu
  memory_limits_mib = {
    "1" = [128, 4096], "2" = [128, 8192], "4" = [2048, 16384], "6" = [4096, 24576], "8" = [4096, 32768]
  }
  function_memory_mib = {
    for function, settings in local.functions : function =>
    tonumber(regex("^[0-9]+", settings.memory)) * (endswith(settings.memory, "Gi") ? 1024 : 1)
  }
  function_memory_limits_mib = {
    for function, settings in local.functions : function =>
    lookup(local.memory_limits_mib, tostring(tonumber(settings.cpu)), tonumber(settings.cpu) < 0.5 ? [128, 512] : [128, 1024])
  }

  # A push request may last 600 s. The code hands over after settings.time_budget_s; this stops a function that does not.
  timeout_s = 540

  # Every field of FunctionSettings in the Python code: a default that only the code has would not be visible here.
  environment = merge(
    {
      SENDTRAIL_PROJECT_ID           = var.project_id
      SENDTRAIL_LOCATION             = local.bigquery_location
      SENDTRAIL_DATASET              = google_bigquery_dataset.data.dataset_id
      SENDTRAIL_STAGING_DATASET      = google_bigquery_dataset.staging.dataset_id
      SENDTRAIL_FIRESTORE_DATABASE   = google_firestore_database.state.name
      SENDTRAIL_ERASURE_KEY_SECRET   = "projects/${var.project_id}/secrets/${google_secret_manager_secret.erasure_key.secret_id}"
      SENDTRAIL_PSEUDONYM_KEY_SECRET = var.settings.pseudonyms ? "projects/${var.project_id}/secrets/${google_secret_manager_secret.pseudonym_key["key"].secret_id}" : ""
      SENDTRAIL_BACKFILL_HOURS       = tostring(var.dispatch_every_hours)
    },
    { for topic in local.topics : "SENDTRAIL_${upper(topic)}_TOPIC" => google_pubsub_topic.topic[topic].name },
    { for name, value in var.settings : "SENDTRAIL_${upper(name)}" => value == null ? "" : tostring(value) },
    var.otlp_endpoint == null ? {} : { OTEL_EXPORTER_OTLP_ENDPOINT = var.otlp_endpoint }, # metrics are off without
  )

  # <function>.zip or <function>-<anything>.zip: one file per function.
  bundle_files = { for function in keys(local.functions) : function => sort(fileset(var.bundles, "${function}{,-*}.zip")) }
  bundle_paths = { for function, files in local.bundle_files : function => "${var.bundles}/${try(files[0], "")}" }

  function_emails = { for function, account in google_service_account.function : function => "${account.account_id}@${local.account_domain}" }
  build_email     = "${google_service_account.build.account_id}@${local.account_domain}"
  account_domain  = "${var.project_id}.iam.gserviceaccount.com"
  function_grants = { for pair in setproduct(keys(local.functions), keys(var.accounts)) : "${pair[0]}/${pair[1]}" => { function = pair[0], account = pair[1] } }
}

resource "google_cloudfunctions2_function" "function" {
  for_each = local.functions

  project     = var.project_id
  name        = each.value.name
  location    = var.region
  description = each.value.description
  labels      = local.labels

  build_config {
    runtime         = var.runtime
    entry_point     = each.value.entry_point
    service_account = "projects/${var.project_id}/serviceAccounts/${local.build_email}"

    source {
      storage_source {
        bucket = google_storage_bucket.bundles.name
        object = google_storage_bucket_object.bundle[each.key].name
      }
    }
  }

  service_config {
    available_memory                 = each.value.memory
    available_cpu                    = each.value.cpu
    timeout_seconds                  = local.timeout_s
    min_instance_count               = 0
    max_instance_count               = each.value.max_instances
    max_instance_request_concurrency = each.value.concurrency
    service_account_email            = local.function_emails[each.key]
    environment_variables            = merge(local.environment, { THREADS = tostring(each.value.concurrency) }) # functions-framework starts so many, 4 per processor without

    # Internal traffic includes Pub/Sub and Cloud Scheduler of this project. Only operators call from outside, and they
    # are authenticated in the same way.
    ingress_settings = each.key == "dispatcher" && length(var.operators) > 0 ? "ALLOW_ALL" : "ALLOW_INTERNAL_ONLY"
  }

  lifecycle {
    precondition {
      condition     = each.value.concurrency == 1 || tonumber(each.value.cpu) >= 1
      error_message = "${each.key}: with less than one cpu, Cloud Run handles one request at a time: set concurrency = 1 as well."
    }

    precondition {
      condition     = tonumber(each.value.cpu) >= 0.08 && (tonumber(each.value.cpu) < 1 || contains(keys(local.memory_limits_mib), tostring(tonumber(each.value.cpu))))
      error_message = "${each.key}: cpu must be 0.08 to 1, or one of 1, 2, 4, 6 and 8."
    }

    precondition {
      condition     = local.function_memory_mib[each.key] >= local.function_memory_limits_mib[each.key][0] && local.function_memory_mib[each.key] <= local.function_memory_limits_mib[each.key][1]
      error_message = "${each.key}: with cpu = ${each.value.cpu}, Cloud Run gives ${local.function_memory_limits_mib[each.key][0]}Mi to ${local.function_memory_limits_mib[each.key][1]}Mi of memory, not ${each.value.memory}."
    }
  }

  # A build fails if it starts before its account may read the source. Functions of a new version find its tables: on the
  # ones before, each delivery would fail until these are changed.
  depends_on = [
    google_bigquery_table.table,
    google_project_iam_member.build,
    google_project_service.api,
    google_storage_bucket_iam_member.build,
  ]
}

# Each function runs as a service account of its own.
resource "google_service_account" "function" {
  for_each = local.functions

  project      = var.project_id
  account_id   = each.value.name
  display_name = "Sendtrail: ${replace(each.key, "_", " ")}"
  description  = each.value.description

  depends_on = [google_project_service.api]
}

# Builds the functions, in place of the Compute Engine default account, which has far more rights.
# https://cloud.google.com/functions/docs/securing/build-custom-sa
resource "google_service_account" "build" {
  project      = var.project_id
  account_id   = "${var.name}-build"
  display_name = "Sendtrail: function builds"
  description  = "Builds the images of the functions and does nothing else."

  depends_on = [google_project_service.api]
}

# Granted on the project, because Google creates the repository and the bucket of sources only at the first deployment.
resource "google_project_iam_member" "build" {
  for_each = {
    "roles/artifactregistry.writer" = null
    "roles/logging.logWriter"       = null
    "roles/storage.objectViewer"    = "resource.name.startsWith(\"projects/_/buckets/gcf-v2-sources-\")"
  }

  project = var.project_id
  role    = each.key
  member  = "serviceAccount:${local.build_email}"

  dynamic "condition" {
    for_each = each.value == null ? [] : [each.value]
    content {
      title      = "sources of functions only"
      expression = condition.value
    }
  }
}

# The only callers of each function. A function is a Cloud Run service of the same name.
resource "google_cloud_run_v2_service_iam_member" "invoker" {
  for_each = merge(
    { scheduler = { function = "dispatcher", member = "serviceAccount:${local.scheduler_email}" } },
    { for function in ["campaign_worker", "contacts_worker"] : "push/${function}" => { function = function, member = "serviceAccount:${local.push_email}" } },
    { for operator in var.operators : "operator/${operator}" => { function = "dispatcher", member = operator } },
  )

  project  = var.project_id
  name     = google_cloudfunctions2_function.function[each.value.function].name
  location = var.region
  role     = "roles/run.invoker"
  member   = each.value.member
}
