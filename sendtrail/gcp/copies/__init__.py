"""What of BigQuery is taken along."""
