"""`sendtrail init`: a folder made ready for its first sync."""
