"""The account's tags and lists: names by id, counted from 1."""

_TAGS = (
    "customer", "VIP", "Café owner", "Black Friday, 2025", "lead: webinar", "it's complicated", "新规", "churned",
    "size \"XL\"", "b2b",
)  # fmt: skip
_LISTS = ("Newsletter", "Product news", "Événements", "Partners & press")


def tag_names(count: int) -> dict[int, str]:
    """Return tag names by id."""
    return _named(_TAGS, count, "Tag")


def list_names(count: int) -> dict[int, str]:
    """Return list names by id."""
    return _named(_LISTS, count, "List")


def _named(known: tuple[str, ...], count: int, otherwise: str) -> dict[int, str]:
    return {n: known[n - 1] if n <= len(known) else f"{otherwise} {n}" for n in range(1, count + 1)}
