"""A run of the dispatcher as it is stored."""
