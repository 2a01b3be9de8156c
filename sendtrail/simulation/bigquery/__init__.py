"""BigQuery as the processes of a simulated cloud share it, and what they make of it when it does not work."""
