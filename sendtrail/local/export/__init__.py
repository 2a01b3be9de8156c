"""Tables and views as files that other programs read."""
