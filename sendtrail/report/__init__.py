"""The report on an account, as one HTML file that needs nothing else."""
