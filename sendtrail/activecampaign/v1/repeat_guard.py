"""The guard against an account that ignores `page`: which pages were seen before, without remembering them all."""

from collections.abc import Hashable, Mapping, Sequence
from enum import Enum, auto
from typing import Any

MAX_IN_A_ROW = 3
# So many rows come without a closer look where no counter says how many there are.
UNCHECKED = 200
# What tells the rows of a report apart.
WHOSE = ("id", "subscriberid", "email", "tstamp", "tstamp_iso", "udate", "listid", "email_to")


class Sighting(Enum):
    """What is known of a page."""

    NEW = auto()
    LIKE_LAST = auto()  # the rows may have moved down by just a page
    LIKE_FIRST = auto()  # the same, or the account ignores `page`: only the first page, read once more, can tell
    STUCK = auto()


class SameRows:
    """Compares pages by whose rows they show, once more were shown than a counter says (`promised`; None: unknown).

    An account that ignores `page` may change the rest of its rows, or their order, with every request.
    """

    def __init__(self, *, promised: int | None) -> None:
        self._promised = UNCHECKED if promised is None else promised
        self._shown = self._in_a_row = 0
        self._last: frozenset[Hashable] = frozenset()

    def are_shown_again(self, rows: Sequence[Any]) -> bool:
        """Take note of a page; return whether it shows, once again, whom the pages before it showed."""
        self._shown += len(rows)
        if self._shown <= self._promised:
            return False
        whose = whose_rows(rows)
        self._in_a_row = self._in_a_row + 1 if whose == self._last else 1
        self._last = whose
        return self._in_a_row >= MAX_IN_A_ROW


def whose_rows(rows: Sequence[Any]) -> frozenset[Hashable]:
    """Return whose rows a page shows, whatever else they say, and in whatever order."""
    return frozenset(map(_whose, rows))


def _whose(row: Any) -> Hashable:
    return tuple(str(row.get(name)) for name in WHOSE) if isinstance(row, Mapping) else str(row)


class RepeatGuard:
    """Remembers the first page and the last one by what they hold."""

    def __init__(self) -> None:
        self._first: Hashable = None
        self._last: Hashable = None
        self._in_a_row = 0

    def observe(self, page: int, content: Hashable) -> Sighting:
        """Take note of a page, and tell what it is."""
        self._in_a_row = self._in_a_row + 1 if content == self._last else 1
        self._last = content
        if page == 1:
            self._first = content
            return Sighting.NEW
        if self._in_a_row >= MAX_IN_A_ROW:
            return Sighting.STUCK
        if content == self._first:
            return Sighting.LIKE_FIRST
        return Sighting.LIKE_LAST if self._in_a_row > 1 else Sighting.NEW
