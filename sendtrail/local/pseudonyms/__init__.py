"""Pseudonyms on one machine: the key in a file, and the database that was begun with it."""
