"""The report: what people see of an account, as one HTML file that needs nothing else."""
