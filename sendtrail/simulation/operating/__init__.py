"""What people with access to a simulated cloud do with it, by the code of the commands that they would type."""
