"""The constants by which a MERGE of activities skips what no row of its batch can be in."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Self

from sendtrail.warehouse.rows import Batch, activity_rows

# A statement bills 10 MiB of each of its two tables, which is less than a week of most accounts, and takes seconds.
LONGEST_GAP = timedelta(days=7)
MOST_STATEMENTS = 8

Span = tuple[date, date]


@dataclass(frozen=True, kw_only=True, slots=True)
class MergeBounds:
    """The account of a batch, and the first and the last of its campaigns and of its days."""

    organization_id: str
    first_campaign: int
    last_campaign: int
    first_date: date
    last_date: date

    @classmethod
    def of(cls, batch: Batch) -> Self | None:
        """Return the bounds of a batch of activities, None for other tables, which are merged without."""
        rows = activity_rows(batch)
        if not rows:
            return None
        campaigns = [row["campaign_id"] for row in rows]
        days = [row["activity_date"] for row in rows]
        return cls(
            organization_id=batch.item.organization_id,
            first_campaign=min(campaigns),
            last_campaign=max(campaigns),
            first_date=min(days),
            last_date=max(days),
        )

    def within(self, span: Span) -> Self:
        """Return these bounds for some of the days."""
        first, last = span
        return replace(self, first_date=first, last_date=last)


def days_of(batch: Batch) -> Sequence[date]:
    """Return the days of a batch of activities, each once, in their order."""
    return sorted({row["activity_date"] for row in activity_rows(batch)})


def spans_of(days: Sequence[date]) -> Sequence[Span]:
    """Return the spans that one statement each is for: without the longest gaps between `days`, which are in order."""
    gaps = sorted(((after - before, before) for before, after in pairwise(days)), reverse=True)[: MOST_STATEMENTS - 1]
    return _spans(days, {before for gap, before in gaps if gap > LONGEST_GAP})


def halves(days: Iterable[date], span: Span) -> tuple[Span, Span] | None:
    """Return the two spans that take the place of one for which there are too many days; None for a single day."""
    first, last = span
    inside = [day for day in days if first <= day <= last]
    if len(inside) < 2:
        return None
    middle = len(inside) // 2
    return (inside[0], inside[middle - 1]), (inside[middle], inside[-1])


def _spans(days: Sequence[date], ends: set[date]) -> Sequence[Span]:
    lasts = [day for day in days if day in ends] + list(days[-1:])
    firsts = [*days[:1], *(after for before, after in pairwise(days) if before in ends)]
    return list(zip(firsts, lasts, strict=True))
