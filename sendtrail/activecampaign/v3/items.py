"""The rows of a v3 list, as an answer holds them."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from sendtrail.activecampaign.fields import number
from sendtrail.activecampaign.http.account_words import json_message
from sendtrail.activecampaign.http.errors import NO_LIST, BadAnswer

Item = Mapping[str, Any]

# A hundred contacts with all of their tags and lists.
MAX_LIST_BYTES = 16_000_000


def items(content: Item, name: str) -> list[Any]:
    """Return the rows that an answer holds under a name."""
    rows = listed(content.get(name))
    if rows is None:
        raise BadAnswer(NO_LIST, words=": ".join(filter(None, (name, json_message(dict(content))))))
    return rows


def listed(rows: object) -> list[Any] | None:
    """Return rows as a list, None where they are none: PHP writes a list whose numbers have gaps as an object."""
    if isinstance(rows, dict) and rows and all(map(str.isdecimal, rows)):
        return [rows[key] for key in sorted(rows, key=int)]
    return rows if isinstance(rows, list) else None


def item_id(row: Any) -> int | None:
    """Return the id of a row, None where it has none."""
    return number(row.get("id")) if isinstance(row, dict) else None


def total_of(content: Item) -> int | None:
    """Return how many rows a list has in all, None where the account does not say."""
    meta = content.get("meta")
    return number(meta.get("total")) if isinstance(meta, dict) else None


def content_of(rows: Iterable[Any]) -> frozenset[int | str]:
    """Return what tells rows from others: their ids, and those without one as JSON."""
    return frozenset(json.dumps(row) if (row_id := item_id(row)) is None else row_id for row in rows)
