"""What an account is like, observed with few requests before its first sync, and what that means."""
