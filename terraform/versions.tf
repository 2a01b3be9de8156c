terraform {
  required_version = ">= 1.9.0" # the first version in which a variable's validation may refer to another variable

  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 8.0"
    }
  }
}

# There is no provider block, so that this folder can be a module of another configuration. Every resource names its
# project and its labels itself, so that it can be applied directly as well: credentials come from the environment.
locals {
  labels = { app = var.name }
}
