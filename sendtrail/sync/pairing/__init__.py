"""Whose data is stored, in which dataset, and how much of it: state and warehouse compared with what they should be."""
