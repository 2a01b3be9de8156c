"""The demos: simulated accounts, synced and proven."""
