# The customer's own views in place of the tables that customers fill, and who may fill those tables.

mock_provider "google" {
  mock_data "google_project" {
    defaults = { number = "123456789012" }
  }
}

variables {
  project_id            = "example-project"
  accounts              = { acme = { api_url = "https://acme.api-us1.com" } }
  bundles               = "./tests/bundles/before"
  notification_channels = ["projects/example-project/notificationChannels/1"]
}

run "none" {
  command = plan

  assert {
    condition     = alltrue([for table in ["conversions", "users"] : google_bigquery_table.table[table].description == jsondecode(file("../sql/${table}/table.json")).description])
    error_message = "Without a view of the customer's, the tables are read."
  }

  assert {
    condition     = length(google_bigquery_dataset_access.view) == 0 && length(google_bigquery_table_iam_member.load) == 0
    error_message = "By default, nothing of the customer's is read or authorized, and nobody may load."
  }
}

run "both" {
  command = plan
  variables {
    conversions_view = "shop-project.shop.orders-2025"
    users_view       = "example-project.crm.users"
    loaders          = ["group:shop@example.com"]
  }

  assert {
    condition     = [for grant in google_bigquery_table_iam_member.load : grant.table_id] == ["attribution_settings"]
    error_message = "Nobody may load into a table that nothing reads."
  }

  assert {
    condition     = length(google_bigquery_table.table) == length(fileset("../sql", "*/table.json")) && alltrue([for table in google_bigquery_table.table : table.deletion_protection])
    error_message = "The tables are kept, with their rows."
  }

  assert {
    condition     = startswith(google_bigquery_table.table["conversions"].description, "Not used: the views read shop-project.shop.orders-2025 instead. One row is one conversion")
    error_message = "The table's description says that the table is not used."
  }

  assert {
    condition = alltrue([
      for access in google_bigquery_dataset_access.view :
      access.role == null && access.view[0].project_id == "example-project" && access.view[0].dataset_id == "marketing_ai"
    ])
    error_message = "Views are authorized, and no role is granted in the customer's datasets."
  }

  assert {
    condition     = contains(keys(google_bigquery_dataset_access.view), "conversions_in_use in shop-project.shop") && contains(keys(google_bigquery_dataset_access.view), "users_in_use in example-project.crm")
    error_message = "A view that reads the customer's view is authorized in that view's dataset."
  }

  assert {
    condition     = !contains(keys(google_bigquery_dataset_access.view), "conversions_in_use in example-project.crm") && !contains(keys(google_bigquery_dataset_access.view), "attribution_touches in shop-project.shop")
    error_message = "A view that does not read the customer's view directly is not authorized."
  }
}

run "in_the_same_dataset" {
  command = plan
  variables { conversions_view = "example-project.marketing_ai.orders" }

  assert {
    condition     = length(google_bigquery_dataset_access.view) == 0
    error_message = "A view in Sendtrail's own dataset needs no authorization: its readers read the whole dataset."
  }
}

run "authorized_by_somebody_else" {
  command = plan
  variables {
    conversions_view = "shop-project.shop.orders"
    authorize_views  = false
  }

  assert {
    condition     = length(google_bigquery_dataset_access.view) == 0
    error_message = "With authorize_views = false, the access to the customer's dataset is not changed."
  }
}

run "loaders" {
  command = plan
  variables { loaders = ["group:shop@example.com"] }

  assert {
    condition     = sort([for grant in google_bigquery_table_iam_member.load : "${grant.member} ${grant.role} ${grant.table_id}"]) == sort([for table in ["attribution_settings", "conversions", "users"] : "group:shop@example.com roles/bigquery.dataEditor ${table}"])
    error_message = "Loaders may change the tables that they fill, and no others."
  }

  assert {
    condition     = google_bigquery_dataset_iam_member.load["group:shop@example.com"].dataset_id == "marketing_ai_staging" && google_project_iam_member.load["group:shop@example.com"].role == "roles/bigquery.jobUser"
    error_message = "Loaders may stage a load and run its jobs."
  }
}
