"""A CSV file as shops and spreadsheets write it: its text, rows, columns and cells, and what is wrong with them."""
