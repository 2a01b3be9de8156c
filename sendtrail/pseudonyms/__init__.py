"""Pseudonyms: what names people is stored as keyed hashes, if an installation was begun so."""
