"""Data-driven attribution: which campaigns made paths convert, computed from those that did and those that did not."""
