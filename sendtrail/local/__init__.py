"""The adapters of one machine: state in a SQLite file, a queue in the process, the warehouse in a DuckDB file."""
