"""One account's shared rate limit."""
