"""What a simulated account consists of, and what happens in it."""
