"""Ids, counters and texts as the account writes them: mostly strings, some numbers, "" and null for no value."""

import re
from decimal import Decimal

_INTEGER = re.compile(r"(-?[0-9]{1,18})(?:\.0+)?")  # more digits fit no column
_DIGITS = 18
_LIMIT = 10**_DIGITS
# No contact and no campaign has more events: beyond it, and below zero, a number counts nothing.
MAX_COUNT = 1_000_000_000
_DIGITS_OF_A_COUNT = 9


def text(value: object) -> str:
    """Return a text; "" for null and anything else that is not a text."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) and abs(value) < _LIMIT else ""


def identifier(value: object) -> str:
    """Return an id as a string; "" for null, "" and 0, which all mean that there is none."""
    if type(value) is not str:  # the usual case goes without a call
        value = text(number(value) if isinstance(value, float) else value)
    found = value.strip()
    return "" if found == "0" else found


def number(value: object) -> int | None:
    """Return a whole number, which may be written as 100.0; None where there is none, or one that cannot be read."""
    if isinstance(value, str):
        if len(value) <= _DIGITS and value.isdecimal() and value.isascii():  # the usual case, in half of the time
            return int(value)
        found = _INTEGER.fullmatch(value.strip())
        return int(found[1]) if found else None
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value if abs(value) < _LIMIT else None
    if isinstance(value, float | Decimal) and -_LIMIT < value < _LIMIT:
        return int(value) if value == int(value) else None
    return None


def count_of(value: object) -> int | None:
    """Return how many events there are; None where that cannot be read, or cannot be."""
    if type(value) is str and len(value) <= _DIGITS_OF_A_COUNT and value.isdecimal() and value.isascii():
        return int(value)  # the usual case, in half of the time
    found = number(value)
    return found if found is not None and 0 <= found <= MAX_COUNT else None
