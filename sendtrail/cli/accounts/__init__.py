"""The accounts of `sendtrail.toml`, synced one after the other."""
