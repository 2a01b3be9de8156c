"""Conversions from a CSV file, checked row by row."""
