"""What BigQuery bills for statements, on demand: https://cloud.google.com/bigquery/pricing#on_demand_pricing."""

MEBIBYTE, TEBIBYTE = 2**20, 2**40
# The fewest bytes that are billed for each table that a statement names.
MIN_A_TABLE = 10 * MEBIBYTE
FREE_A_MONTH_TIB, DOLLARS_A_TIB = 1.0, 6.25
