"""A sync that starts by itself: the texts that a machine's scheduler takes."""
