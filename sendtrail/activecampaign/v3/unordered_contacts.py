"""Contacts of an account that heeds no order of ids: read by their places, over and over until all of them were seen.

What was not seen would be taken for deleted. So all were seen only where they are as many as the account says, or where
it does not say so, where a second pass shows each of the same contacts once.
"""

from collections.abc import Callable, Generator, Iterator, Sequence
from typing import Any

from sendtrail.activecampaign.v3.items import Item, item_id
from sendtrail.activecampaign.v3.lists import MAX_PAGES_WITHOUT_A_NEW_ROW, MAX_PASSES
from sendtrail.errors import Unreadable

# Rows of contacts from a place on, and how many there are in all, None where the account does not say.
RowsFrom = Callable[[int], tuple[Sequence[Any], int | None]]

_CANNOT_BE_PAGED = "contacts: the account ignores id_greater or the order asked for, so they cannot be paged{}"


class UnorderedContacts:
    """The passes over the contacts; `rows_from` asks for a page."""

    def __init__(self, rows_from: RowsFrom) -> None:
        self._rows_from = rows_from
        self._seen = set[int]()
        self._without_id = 0
        self._total: int | None = None

    def pages(self) -> Iterator[list[Item]]:
        """Yield the contacts that were not seen before, page by page; raise Unreadable where some may be left out."""
        for _ in range(MAX_PASSES):
            before = len(self._seen)
            received = yield from self._one_pass(is_first=not before)
            is_steady = received == self._shown and len(self._seen) == before
            if self._total == self._shown or (is_steady and (self._total is None or self._total < self._shown)):
                return
        known = "" if self._total is None else f", and {self._shown} of {self._total} were shown"
        raise Unreadable(_CANNOT_BE_PAGED.format(known))

    @property
    def _shown(self) -> int:
        return len(self._seen) + self._without_id

    def _one_pass(self, *, is_first: bool) -> Generator[list[Item], None, int]:
        """Yield what a pass shows for the first time, in the first one also rows without an id; return their number."""
        place, without_new = 0, 0
        in_pass = set[int]()
        while rows := self._rows(place):
            place += len(rows)
            ids = {row_id: row for row in rows if (row_id := item_id(row)) is not None}
            without_new = without_new + 1 if ids.keys() <= in_pass else 0
            if without_new >= MAX_PAGES_WITHOUT_A_NEW_ROW:
                raise Unreadable(_CANNOT_BE_PAGED.format(""))
            in_pass |= ids.keys()
            new = [row for row_id, row in ids.items() if row_id not in self._seen]
            nameless = [row for row in rows if item_id(row) is None] if is_first else []
            self._without_id += len(nameless)
            self._seen |= ids.keys()
            if new or nameless:
                yield [*new, *nameless]
        return place

    def _rows(self, place: int) -> Sequence[Any]:
        """Return the rows from a place on; what says that there are none is asked again."""
        rows, total = self._rows_from(place)
        if not rows:
            rows, total = self._rows_from(place)
        self._total = total
        return rows
