"""The guard against an account that ignores `page`: which pages were seen before, without remembering them all."""

from collections.abc import Hashable
from enum import Enum, auto

MAX_IN_A_ROW = 3


class Sighting(Enum):
    """What is known of a page."""

    NEW = auto()
    LIKE_LAST = auto()  # the rows may have moved down by just a page
    LIKE_FIRST = auto()  # the same, or the account ignores `page`: only the first page, read once more, can tell
    STUCK = auto()


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
