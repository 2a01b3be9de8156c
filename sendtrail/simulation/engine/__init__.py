"""Tasks on virtual time, what goes wrong in them, and what is written down of them."""
