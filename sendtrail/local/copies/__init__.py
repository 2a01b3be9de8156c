"""Copies of the database file: to read while a sync runs, to keep as a backup, and to restore."""
