# Says what `terraform destroy` leaves standing. It depends on the data, so that it goes first.
resource "terraform_data" "kept" {
  count = var.protect_data ? 1 : 0

  input = "Kept: the BigQuery tables of ${var.dataset} and ${var.dataset}_staging and the Firestore database ${google_firestore_database.state.name}, each with an error below. Apply with protect_data = false, then destroy, to remove them too."

  provisioner "local-exec" {
    when    = destroy
    command = "echo '${self.output}'"
  }

  depends_on = [google_bigquery_table.table]
}
