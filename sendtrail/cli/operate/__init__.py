"""What operators do with accounts that are synced, on either backend."""
