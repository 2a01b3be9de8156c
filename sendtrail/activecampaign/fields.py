"""Ids, counters and texts as the account writes them: strings mostly, numbers now and then, "" and null for no value."""

import re

_INTEGER = re.compile(r"-?[0-9]{1,18}")  # more digits fit no column
_LIMIT = 10**18


def text(value: object) -> str:
    """Return a text; "" for null and anything else that is not a text."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def identifier(value: object) -> str:
    """Return an id as a string; "" for null, "" and 0, which all mean that there is none."""
    found = text(value).strip()
    return "" if found == "0" else found


def number(value: object) -> int | None:
    """Return a whole number; None where there is none, or one that cannot be read."""
    if isinstance(value, str):
        return int(value) if _INTEGER.fullmatch(value) else None
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < _LIMIT:
        return value
    return None
