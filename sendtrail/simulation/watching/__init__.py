"""Strict looks at what the functions do, whatever their code believes: what they must not do is noted."""
