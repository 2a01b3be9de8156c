"""The adapters of one machine: the warehouse and the state in one DuckDB file, and a queue in the process."""
