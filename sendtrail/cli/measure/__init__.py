"""What is measured of a sync on this machine."""
