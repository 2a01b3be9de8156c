"""The scenarios of `make bench`: figures are ratios within one run, because machines differ and are noisy."""
