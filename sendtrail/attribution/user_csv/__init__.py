"""A CSV file of users, checked row by row: which user is which contact."""
