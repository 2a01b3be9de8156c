"""The `sendtrail` command."""
