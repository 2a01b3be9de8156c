"""The function that brings an account's contacts into the warehouse."""
