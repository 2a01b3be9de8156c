"""What is synced, and how one sync runs."""
