"""How many pages of opens may be fetched at once, such that no row falls between two of them. Pure decisions.

A list that grows at the top pushes its rows down. Read in order, a page may repeat rows of the one before, and misses
none. But where a page is read before the one above it, a row that moves from that one into this one in between is on
neither. The account cannot be asked when it read a page, yet nothing can be lost without a trace:

- the first page is read alone, so it is older than all others, and every push comes after it;
- a push between the readings of two pages i < j makes some page in between, read after the push, begin with a row of
  the page above it, which was read before; and that page is not below the one that lost the row.

So as long as no row of the pages under way together comes twice, none is lost. Where one does, what was fetched ahead
is given up and read again in order, until the list has been quiet for a while.
"""

from collections import deque
from collections.abc import Iterable

from sendtrail.activecampaign.v1.page_prefetch import MAX_AHEAD

QUIET_PAGES = 10


class PrefetchWindow:
    """The window of one read; `last` is the last page that is expected to be wanted, None where nothing says."""

    def __init__(self, *, last: int | None) -> None:
        self._last = last
        self._recent: deque[frozenset[str]] = deque(maxlen=MAX_AHEAD)
        self._in_order_to: int | None = None  # None: to the end, as long as the order is not proven

    def record(self, page: int, contacts: Iterable[str], *, is_newest_first: bool) -> bool:
        """Take note of a page; tell whether what is under way behind it can be used."""
        found = frozenset(contacts)
        has_moved = any(not found.isdisjoint(before) for before in self._recent)
        self._recent.append(found)
        if not is_newest_first:
            self._in_order_to = None
        elif has_moved:
            self._in_order_to = page + QUIET_PAGES
        elif self._in_order_to is None:
            self._in_order_to = 0
        return is_newest_first and not has_moved

    def size(self, page: int, *, enough: int) -> int:
        """Return how many pages may be under way when `page` is the next one; `enough` of them fill the budget."""
        if self._in_order_to is None or page <= self._in_order_to:
            return 1
        return enough if self._last is None or page <= self._last else 1
