"""The parts that the functions are built from."""
