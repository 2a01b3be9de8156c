"""Erasure on one machine: the erased list beside the database, and what is left of deleted rows in the file."""
