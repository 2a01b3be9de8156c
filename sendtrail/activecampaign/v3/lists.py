"""v3 lists, 100 rows a page at most."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sendtrail.activecampaign.fields import number
from sendtrail.activecampaign.http.client import Client, Get
from sendtrail.activecampaign.http.errors import FALSE_END, NO_LIST, BadAnswer
from sendtrail.domain.campaign import LIST_LIMIT
from sendtrail.errors import Unreadable

Item = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """Rows by their ids, and how many there are in all (None where the account does not say)."""

    rows: Mapping[int, Item]
    received: int
    total: int | None


def paginate(client: Client, name: str) -> Iterator[tuple[int, Item]]:
    """Yield each row of a list with its id, once, however the list shifts meanwhile.

    The end is where `meta.total` says, or an empty page where it says nothing. Raise Unavailable where the rows end
    before that, Unreadable where the account ignores `offset`.
    """
    offset, seen, last = 0, set[int](), frozenset[int]()
    while True:
        page = _page(client, name, offset)
        if page.rows and page.rows.keys() == last:
            raise Unreadable(f"{name} from {offset} on: the account repeats a page instead of going on")
        yield from ((row_id, row) for row_id, row in page.rows.items() if row_id not in seen)
        seen.update(page.rows)
        last = frozenset(page.rows)
        offset += page.received
        if not page.received or (page.total is not None and offset >= page.total):
            return


def items(content: Item, name: str) -> list[Item]:
    """Return the rows that an answer holds under a name."""
    rows = content.get(name)
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise BadAnswer(NO_LIST, words=name)
    return rows


def item_id(row: Item, *, subject: str, field: str = "id") -> int:
    """Return the id of a row; raise Unreadable where it has none."""
    found = number(row.get(field))
    if found is None:
        raise Unreadable(f"{subject}: a row's {field} is no number")
    return found


def _page(client: Client, name: str, offset: int) -> Page:
    subject = f"{name} from {offset} on"

    def read(content: dict[str, Any]) -> Page:
        rows, total = items(content, name), total_of(content)
        if not rows and total is not None and offset < total:
            raise BadAnswer(FALSE_END, words=str(total))
        return Page(rows={item_id(row, subject=subject): row for row in rows}, received=len(rows), total=total)

    return client.json(
        Get(path=f"/api/3/{name}", params={"limit": LIST_LIMIT, "offset": offset}, subject=subject), read
    )


def total_of(content: Item) -> int | None:
    """Return how many rows a list has in all, None where the account does not say."""
    meta = content.get("meta")
    return number(meta.get("total")) if isinstance(meta, dict) else None
