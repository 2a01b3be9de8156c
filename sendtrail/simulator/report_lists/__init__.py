"""The report lists of a simulated account, row by row."""
