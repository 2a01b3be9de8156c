"""The documents of the state store."""
