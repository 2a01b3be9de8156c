"""How the process of a command waits, is interrupted and ends."""
