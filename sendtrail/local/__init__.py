"""The adapters of one machine: SQLite state, an in-process queue, a DuckDB warehouse."""
