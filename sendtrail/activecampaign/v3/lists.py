"""v3 lists, 100 rows a page at most."""

import json
import logging
from collections.abc import Callable, Generator, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

from sendtrail.activecampaign.http.client import Client, Get
from sendtrail.activecampaign.http.errors import FALSE_END, BadAnswer
from sendtrail.activecampaign.unreadable_rows import unreadable_row
from sendtrail.activecampaign.v3.items import MAX_LIST_BYTES, Item, item_id, items, total_of
from sendtrail.activecampaign.v3.list_end import is_total_too_high
from sendtrail.activecampaign.v3.newest_first import ListedRows
from sendtrail.domain.campaign import LIST_LIMIT
from sendtrail.domain.campaign_report import UnreadableRow
from sendtrail.errors import KeyRefused, PermissionRefused, Rejected, Unavailable, Unreadable

logger = logging.getLogger(__name__)

OnUnreadable = Callable[[UnreadableRow], None]

# The size of a page where an account does not heed `limit`.
DEFAULT_LIMIT = 20
# Rows that move while a list is being read come twice, but not whole pages of them over and over.
MAX_PAGES_WITHOUT_A_NEW_ROW = 3
# So often a list is read whose rows move meanwhile, as long as each time shows new ones.
MAX_PASSES = 8
# No account has as many campaigns, tags or lists: beyond it the list never ends.
MAX_ROWS = 100_000
NO_ID = "a row's id is no number"


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """Rows by their ids, and how many there are in all (None where the account does not say).

    `without_id` holds the rows whose id cannot be read, as JSON.
    """

    rows: Mapping[int, Item]
    without_id: Mapping[str, Any]
    received: int
    total: int | None

    @property
    def content(self) -> frozenset[int | str]:
        """Return what tells one page from another."""
        return frozenset((*self.rows, *self.without_id))


def log_unreadable(row: UnreadableRow) -> None:
    """Log that a row of a list is left out."""
    logger.warning("%s, page %d: a row is left out (%s)", row.report, row.page, row.reason)


def paginate(client: Client, name: str, *, on_unreadable: OnUnreadable = log_unreadable) -> Iterator[tuple[int, Item]]:
    """Yield each row of a list with its id, once, however the list shifts meanwhile.

    Raise Unavailable where the rows end before `meta.total`, Unreadable where the account repeats pages.
    """
    seen = set[int]()
    for _ in range(MAX_PASSES):
        before = len(seen)
        has_moved = yield from _one_pass(client, name, seen, on_unreadable=_said_before if seen else on_unreadable)
        if not has_moved or len(seen) == before:
            return
    logger.warning(
        "%s: the account lists them in another order each time, and %d times showed new ones: some may be left out of "
        "this run, and are in a later one",
        name,
        MAX_PASSES,
    )


def _said_before(_row: UnreadableRow) -> None:
    """Do nothing: the first pass has reported the rows that cannot be read."""


def _one_pass(
    client: Client, name: str, seen: set[int], *, on_unreadable: OnUnreadable
) -> Generator[tuple[int, Item], None, bool]:
    """Yield the rows that were not seen before; return whether rows have moved, so that some may be on no page."""
    received, own, totals = 0, set[int](), set[int]()
    for page_number, page in enumerate(_pages(client, name), start=1):
        for row in page.without_id.values():
            on_unreadable(unreadable_row(name, page_number, row, reason=NO_ID, mask=client.mask))
        yield from ((row_id, row) for row_id, row in page.rows.items() if row_id not in seen)
        received += page.received
        own.update(page.rows)
        seen.update(page.rows)
        totals |= {page.total} if page.total is not None and page.total >= received else set()
    return len(own) < received or len(totals) > 1


def _pages(client: Client, name: str) -> Iterator[Page]:
    """Yield the pages of a list to its end.

    `meta.total` may be anything: alone it proves nothing. The end is a page that is not full and reaches it, or an
    empty page that it confirms, or an empty page that comes twice and that no other way to ask contradicts; or a full
    page, where the rows are those that were there when the list came to one of these ends, and would show new ones.
    """
    offset, largest, repeats = 0, 0, _Repeats()
    listed = ListedRows(name, client.memory.full_lists)
    while True:
        page = _ordered_page(client, name, offset, listed)
        if not page.received and page.total != offset:
            page = _page(client, name, offset, listed.order)
        if not page.received and page.total is not None and page.total > offset:
            if is_total_too_high(client, name, known=repeats.known, offset=offset, total=page.total):
                return
            page = _page(client, name, offset, listed.order, may_be_empty=False)
        if not page.received:
            listed.record_end()
            return
        if repeats.is_stuck(page.content) or offset > MAX_ROWS:
            raise Unreadable(f"{name} from {offset} on: the account repeats a page instead of coming to an end")
        yield page
        offset += page.received
        is_full = page.received >= (largest or LIST_LIMIT) or page.received == DEFAULT_LIMIT
        largest = max(largest, page.received)
        listed.record(page.rows, received=page.received, is_full=is_full)
        if page.total == offset and not is_full:
            listed.record_end()
            return
        if is_full and (page.total is None or page.total <= offset) and listed.are_known():
            return


def _ordered_page(client: Client, name: str, offset: int, listed: ListedRows) -> Page:
    """Return a page; where the first one is refused in an order, the list is read without it."""
    if offset or not listed.order:
        return _page(client, name, offset, listed.order)
    try:
        return _page(client, name, offset, listed.order)
    except (KeyRefused, PermissionRefused):
        raise
    except (Rejected, Unavailable) as error:
        logger.warning("%s are not listed in the order of their ids: %s", name, error)
        listed.order = {}
        return _page(client, name, offset, listed.order)


class _Repeats:
    """The guard against an account that ignores `offset`."""

    def __init__(self) -> None:
        self._last: AbstractSet[int | str] = frozenset()
        self.known = set[int | str]()
        self._in_a_row = 0

    def is_stuck(self, content: AbstractSet[int | str]) -> bool:
        """Record a page; return whether it repeats the last one, or is the third in a row with nothing of its own."""
        self._in_a_row = self._in_a_row + 1 if content <= self.known else 0
        is_same, self._last = content == self._last, content
        self.known |= content
        return is_same or self._in_a_row >= MAX_PAGES_WITHOUT_A_NEW_ROW


def _page(client: Client, name: str, offset: int, order: Mapping[str, str], *, may_be_empty: bool = True) -> Page:
    def read(content: dict[str, Any]) -> Page:
        rows, total = items(content, name), total_of(content)
        if not rows and not may_be_empty and total is not None and offset < total:
            raise BadAnswer(FALSE_END, words=str(total))
        return Page(
            rows={row_id: row for row in rows if (row_id := item_id(row)) is not None},
            without_id={json.dumps(row): row for row in rows if item_id(row) is None},
            received=len(rows),
            total=total,
        )

    get = Get(
        path=f"/api/3/{name}",
        params={"limit": LIST_LIMIT, "offset": offset, **order},
        subject=f"{name} from {offset} on" if offset else name,
        max_bytes=MAX_LIST_BYTES,
    )
    return client.json(get, read)
