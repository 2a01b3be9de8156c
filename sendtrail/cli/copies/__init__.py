"""Commands that take the data along: export, backup and restore, and what there is to take."""
