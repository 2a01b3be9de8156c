"""What `make bench` measures: each figure is a ratio within one run, because machines differ and are noisy."""
