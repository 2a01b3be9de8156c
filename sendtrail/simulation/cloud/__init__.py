"""A cloud in memory: processes, and the state store, queue, warehouse and network that they reach."""
