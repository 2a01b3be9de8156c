"""Rows as JSON that takes little room: a large account has many of them."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any

Values = dict[str, Any]
# Of shares, of which the page shows four digits at most.
DIGITS = 6


def packed(rows: Sequence[Values]) -> Values:
    """Return rows, all with the same names, as one list of names and one of values per row."""
    return {"columns": list(rows[0]) if rows else [], "rows": [list(row.values()) for row in rows]}


def plain(row: Any) -> Values:
    """Return the fields of a row: times as text, shares rounded."""
    return {name: _plain(value) for name, value in asdict(row).items()}


def same_or_each(values: Sequence[Any]) -> Any:
    """Return one value where all are the same, as most models agree about most campaigns, or else all of them."""
    return values[0] if all(value == values[0] for value in values) else list(values)


def number(value: Decimal | None) -> float | int | None:
    """Return a number as JSON has it, without ".0", and with as many decimals as a share has."""
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else round(float(value), DIGITS)


def _plain(value: Any) -> Any:
    if isinstance(value, date):  # a datetime is one as well
        return value.isoformat()
    return round(value, DIGITS) if isinstance(value, float) else value
