"""Numbers with their noun, as a person writes them."""


def counted(number: int, noun: str, several: str = "") -> str:
    """Return "1 campaign" or "2,000 campaigns"; `several` is the plural where it is not the noun with an s."""
    return f"{number:,} {noun if number == 1 else several or f'{noun}s'}"
