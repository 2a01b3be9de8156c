"""A shop's export: the titles of its columns, the rows of it that count, and what they mean."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo

from sendtrail.attribution.csv_file.columns import Names

Cells = dict[str, str]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Why a row counts as no conversion, in words that end "rows left out: "."""

    reason: str


# Returns the conversions of a row (an order, and what of it was refunded), each as its cells.
Split = Callable[[Cells], Sequence[Cells] | LeftOut]


@dataclass(frozen=True, kw_only=True, slots=True)
class Shop:
    """An export of which the meaning is known.

    Of the titles of a field, the first that a file has counts. Rows with one of `statuses` count, unless others are
    asked for. `zone` is that of its times, if the export always has the same one. `advice` says what to do where the
    column of a field is missing.
    """

    label: str
    titles: Names
    statuses: frozenset[str]
    split: Split
    zone: tzinfo | None = None
    advice: Mapping[str, str] = field(default_factory=dict)


def plain_status(text: str) -> str:
    """Return a status without what differs between the places that show it: `Partially_refunded`, `wc-completed`."""
    words = text.lower().replace("_", " ").replace("-", " ").split()
    return " ".join(words[1:] if words[:1] == ["wc"] else words)
