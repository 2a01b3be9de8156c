"""Notifications of failures, of accounts that are stale, and of their recovery."""
