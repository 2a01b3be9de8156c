"""The subject lines of campaigns: of which they are read, and how, with the fewest requests."""
