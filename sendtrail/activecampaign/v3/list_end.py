"""Whether a list has ended although its total says that it goes on: some accounts' totals are always too high.

An empty page may be a stumble, for minutes or for a day. So the list is asked for in other ways as well: a single row
where it should go on, a page further on, the rows around its end, and its first page in both orders. Only where each of
them was answered, with rows that are known already and none besides, is the list believed rather than its total.
"""

import logging
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from sendtrail.activecampaign.http.client import Client, Get
from sendtrail.activecampaign.v3.items import MAX_LIST_BYTES, content_of, items
from sendtrail.domain.campaign import LIST_LIMIT
from sendtrail.errors import Rejected

logger = logging.getLogger(__name__)

Params = Mapping[str, str | int]

# How many of the last rows are asked for once more: with them it shows that a page near the end is answered.
LAST_ROWS = 10
_ORDER = {"campaigns": "sdate"}  # the order that is documented; others are silently ignored


def is_total_too_high(client: Client, name: str, *, known: AbstractSet[int | str], offset: int, total: int) -> bool:
    """Return whether a list whose rows are `known` ends at `offset`, whichever way it is asked for."""
    if not known:
        return False  # an empty list shows nothing that would speak for it
    try:
        is_ended = all(not _rows(client, name, each) for each in _beyond(offset)) and all(
            (rows := content_of(_rows(client, name, each))) and rows <= known for each in _within(name, offset)
        )
    except Rejected:
        return False
    if is_ended:
        record_false_total(client, name, says=f"there are {total}", lists=str(offset))
    return is_ended


def record_false_total(client: Client, name: str, *, says: str, lists: str) -> None:
    """Log, once per list, that its total is too high."""
    if name not in client.memory.lists_with_false_totals:
        client.memory.lists_with_false_totals.add(name)
        logger.warning(
            "%s: the account says that %s, and lists %s whichever way it is asked; the list is believed",
            name,
            says,
            lists,
        )


def _beyond(offset: int) -> Iterator[Params]:
    yield {"limit": 1, "offset": offset}
    yield {"limit": LIST_LIMIT, "offset": offset + LIST_LIMIT}


def _within(name: str, offset: int) -> Iterator[Params]:
    yield {"limit": LIST_LIMIT, "offset": max(0, offset - LAST_ROWS)}
    for direction in ("ASC", "DESC"):
        yield {"limit": LIST_LIMIT, "offset": 0, f"orders[{_ORDER.get(name, 'id')}]": direction}


def _rows(client: Client, name: str, params: Params) -> list[Any]:
    get = Get(path=f"/api/3/{name}", params=params, subject=f"the end of {name}", max_bytes=MAX_LIST_BYTES)
    return client.json(get, lambda content: items(content, name))
