"""Rows of choices in which each pair of values of any two quirks occurs: a covering array, made greedily."""

from collections.abc import Mapping, Sequence
from itertools import combinations, product

Choice = tuple[str, object]
Levels = Mapping[str, Sequence[object]]
Pairs = dict[tuple[Choice, Choice], None]
"""A set that keeps its order, so that the rows are the same everywhere; in a pair the lesser name comes first."""


def all_pairs(levels: Levels) -> Pairs:
    """Return each pair of values of two names."""
    names = combinations(sorted(levels), 2)
    return dict.fromkeys(p for one, other in names for p in product(_choices(one, levels), _choices(other, levels)))


def pairs_in(row: Mapping[str, object]) -> Pairs:
    """Return the pairs that a row of choices holds."""
    return dict.fromkeys(combinations(sorted(row.items(), key=_name), 2))


def covering_array(levels: Levels) -> list[dict[str, object]]:
    """Return few rows, each with a value per name, so that each pair is in one of them."""
    missing, rows = all_pairs(levels), []
    while missing:
        rows.append(_row(levels, missing))
        for pair in pairs_in(rows[-1]):
            missing.pop(pair, None)
    return rows


def _row(levels: Levels, missing: Pairs) -> dict[str, object]:
    """Return a pair that is missing, and with it as many others as can be had by choosing one name after another."""
    row = dict(next(iter(missing)))
    for name in levels:
        if name not in row:
            _, row[name] = max(_choices(name, levels), key=lambda choice: _gain(choice, row, missing))
    return row


def _gain(choice: Choice, row: Mapping[str, object], missing: Pairs) -> int:
    return sum(
        ((choice, other) if _name(choice) < _name(other) else (other, choice)) in missing for other in row.items()
    )


def _choices(name: str, levels: Levels) -> list[Choice]:
    return [(name, value) for value in levels[name]]


def _name(choice: Choice) -> str:
    return choice[0]
