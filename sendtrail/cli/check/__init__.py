"""`sendtrail check`: an account before its first sync."""
