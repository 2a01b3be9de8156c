"""The values of the domain and their rules, without I/O."""
