"""What the functions are built from."""
