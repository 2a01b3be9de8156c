"""Links that have a row per click in place of one per contact with a count: each row gets the count up to it.

All clicks of a link come in one answer, so a contact who is among them twice clicked twice.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, groupby, islice
from typing import Any

from sendtrail.activecampaign.fields import identifier, text
from sendtrail.activecampaign.v1.links import Click, LinkPage

# Of a link with more rows nothing is compared, as it would have to be in memory: `completeness` shows what is missing.
MAX_ROWS = 20_000
_ONCE = ("1", 1, "", None)


def counted_clicks(page: LinkPage) -> Iterator[Click]:
    """Yield the clicks of a page, where a contact has several of a link with how many there were by then."""
    for link, group in groupby(page.clicks(), key=lambda click: click[0]):
        clicks = iter(group)
        rows = [row for _, row in islice(clicks, MAX_ROWS)]
        more = next(clicks, None)
        if more is None:
            yield from ((link, row) for row in with_counts(rows, counted=page.total(link)))
        else:
            yield from chain(((link, row) for row in rows), [more], clicks)


def with_counts(rows: Sequence[Any], *, counted: int | None) -> Iterable[Any]:
    """Return the rows of a link with counts, as they are where nobody comes twice.

    Rows that are alike are one click, unless all of them are needed to make up what is `counted`.
    """
    own = defaultdict[str, list[dict[str, Any]]](list)
    for row in rows:
        if isinstance(row, dict) and _who(row) and row.get("times") in _ONCE:
            own[_who(row)].append(row)
    repeated = {who: found for who, found in own.items() if len(found) > 1}
    if not repeated:
        return rows
    counts_alike = counted is not None and len(rows) <= counted
    others = (row for row in rows if not (isinstance(row, dict) and _who(row) in repeated))
    return chain(others, *(_counted_up(found, counts_alike=counts_alike) for found in repeated.values()))


def _counted_up(rows: Sequence[dict[str, Any]], *, counts_alike: bool) -> Iterator[dict[str, Any]]:
    count = 0
    for _, alike in groupby(sorted(rows, key=_when), key=_when):
        found = list(alike)
        count += len(found) if counts_alike else 1
        yield {**found[0], "times": str(count)}


def _who(row: Mapping[str, Any]) -> str:
    return identifier(row.get("subscriberid")) or text(row.get("email"))


def _when(row: Mapping[str, Any]) -> str:
    return text(row.get("tstamp_iso")) or text(row.get("tstamp"))
