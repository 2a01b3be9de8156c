"""Erasure on Google Cloud: the tables of BigQuery, and the key of the erased list in Secret Manager."""
