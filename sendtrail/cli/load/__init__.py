"""What the commands that load a file share: merging its rows, whom they belong to, and what is printed in the end."""
