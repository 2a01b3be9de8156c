"""Conversions and how credit for them is given."""
