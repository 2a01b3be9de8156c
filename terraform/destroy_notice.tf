# Prints what `terraform destroy` keeps. It depends on the data, and is therefore destroyed, and printed, first.
resource "terraform_data" "destroy_notice" {
  count = var.protect_data ? 1 : 0

  input = "Kept: the BigQuery tables of ${var.dataset} and ${var.dataset}_staging and the Firestore database ${google_firestore_database.state.name}, each with an error below. To remove them as well, apply with protect_data = false, then destroy."

  provisioner "local-exec" {
    when    = destroy
    command = "echo '${self.output}'"
  }

  depends_on = [google_bigquery_table.table]
}

moved {
  from = terraform_data.kept
  to   = terraform_data.destroy_notice
}
