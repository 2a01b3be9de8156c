"""Erased people: who is on the list, what is theirs, and how it is kept out of the warehouse."""
