"""`/admin/api.php`: the v1 campaign reports."""
