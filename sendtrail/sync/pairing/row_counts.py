"""What is missing of an account in the warehouse: its counts against what was counted and merged before. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

# By campaign: the rows that were counted, and how many had been merged by then.
Counted = Mapping[int, tuple[int, int]]
Merged = Mapping[int, int]


@dataclass(frozen=True, kw_only=True, slots=True)
class TableLook:
    """A table as its metadata describes it.

    `identity` names this very table, and no other of the same name; None for the `expiry` of partitions that stay.
    """

    identity: str
    rows: int
    expiry: timedelta | None
    schema_version: int = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class RowCount:
    """How many rows of a campaign are stored from the last count's first day on, and from the next one's."""

    stored: int = 0
    lasting: int = 0


class StoredActivities(Protocol):
    """The activities that are in the warehouse, counted."""

    def look(self) -> TableLook:
        """Return what the table's metadata says, which costs nothing."""
        ...

    def counts(self, *, since: date, lasting_since: date) -> Mapping[str, Mapping[int, RowCount]]:
        """Return the rows of every campaign by organization, from two days on; billed for three columns."""
        ...


NONE_STORED = RowCount()


def missing_rows(counted: Counted, merged: Merged, stored: Mapping[int, RowCount]) -> Mapping[int, int]:
    """Return by how many rows each campaign is short of what was counted last and merged since."""
    short = {
        number: _expected(number, counted, merged) - stored.get(number, NONE_STORED).stored
        for number in {*counted, *merged}
    }
    return {number: rows for number, rows in sorted(short.items()) if rows > 0}


def next_baseline(
    counted: Counted,
    stored: Mapping[int, RowCount],
    *,
    merged_before: Merged,
    merged_after: Merged,
    active: Iterable[int] = (),
) -> Counted:
    """Return what the next count is compared with; `merged_before` and `merged_after` are as of around this count.

    Of an active campaign a merge may be in the count and not yet recorded: it is trusted for no more than was expected.
    """
    at_work = {*active, *(number for number in merged_after if merged_after[number] != merged_before.get(number, 0))}
    found = {
        number: (stored.get(number, NONE_STORED).lasting, merged_after.get(number, 0))
        for number in (*stored, *merged_after)
    }
    for number in at_work & found.keys():
        count = stored.get(number, NONE_STORED)
        certain = min(count.stored, _expected(number, counted, merged_before)) - (count.stored - count.lasting)
        found[number] = (max(0, certain), merged_before.get(number, 0))
    return found


def _expected(number: int, counted: Counted, merged: Merged) -> int:
    rows, merged_then = counted.get(number, (0, 0))
    return rows + max(0, merged.get(number, 0) - merged_then)
