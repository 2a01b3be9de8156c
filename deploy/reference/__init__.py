"""The pages of docs/reference, which are made from the code."""
