"""`sendtrail attribution data-driven`: reads the paths, has them credited, and prints the campaigns."""
