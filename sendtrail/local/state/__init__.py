"""State documents on one machine: kept in memory while a process works, and stored in the database file itself."""
