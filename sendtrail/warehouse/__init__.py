"""What `sql/` means in Python: tables, rows and views."""
