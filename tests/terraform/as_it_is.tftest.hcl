# Copied into the tests of a root module that needs no variables, in the place of inspect.tftest.hcl.

mock_provider "google" {
  mock_data "google_project" {
    defaults = { number = "123456789012" }
  }
}

run "plan" {
  command = plan
}
