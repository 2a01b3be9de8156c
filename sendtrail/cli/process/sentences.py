"""How sentences are printed: for people broken between words, for programs as they are."""

from rich.cells import cell_len
from rich.console import Console


def say(console: Console, *lines: str) -> None:
    """Print lines as they are; on a terminal that is narrower than one, it goes on below, whole words together.

    A line with a path or an address that is longer than the terminal is left in one piece: people copy it.
    """
    for line in lines:
        is_whole = not console.is_terminal or any(cell_len(word) > console.width for word in line.split())
        console.print(line, markup=False, highlight=False, soft_wrap=is_whole)
