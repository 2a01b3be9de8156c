"""Pages that come again: rows that moved down by a page, an account that ignores `page`, or the last page once more.

Some accounts show their last page for every page past the end. That is an end like any other: where fewer rows were
seen than the counters say, the report is short. An account that ignores `page` shows its first page for every other
one, so that the rest of a long list cannot be read: that is an error, as no counter need say that rows are missing.
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace
from enum import Enum, auto
from hashlib import blake2b
from typing import Any

import orjson

from sendtrail.activecampaign.account_memory import Habits
from sendtrail.activecampaign.v1.repeat_guard import RepeatGuard, SameRows, Sighting, whose_rows
from sendtrail.activecampaign.v1.report_end import is_below_counters
from sendtrail.activecampaign.v1.report_request import page_subject
from sendtrail.domain.campaign_report import PAGE_SIZE, ReportQuery
from sendtrail.errors import Unreadable

# The rows of a page, None past the end of the report.
Rows = list[Any] | None


class PageKind(Enum):
    """What a page is beside those before it."""

    NEW = auto()
    AGAIN = auto()  # rows that moved down by a page, or the first sign of the end
    END = auto()


class RepeatedPages:
    """Looks at each page of one reading; `ask_first` asks for the first page once more."""

    def __init__(self, query: ReportQuery, habits: Habits, *, ask_first: Callable[[], Rows]) -> None:
        self._query, self._habits, self._ask_first = query, habits, ask_first
        self._guard, self._same = RepeatGuard(), SameRows(promised=query.expected_rows)
        self._first: Hashable = None  # whose rows the first page shows

    def observe(self, page: int, rows: Sequence[Any], *, seen: int) -> PageKind:
        """Take note of a page that comes after `seen` different rows; raise Unreadable where `page` is ignored."""
        if page == 1:
            self._first = whose_rows(rows)
        sighting = self._guard.observe(page, digest(rows))
        is_same = self._same.are_shown_again(rows)
        if sighting is Sighting.LIKE_FIRST and digest(self._ask_first()) == digest(rows):
            return self._after_first_again(page, rows, seen=seen)
        if sighting is Sighting.STUCK or is_same:
            return self._after_stuck(page, rows, seen=seen)
        if sighting is not Sighting.LIKE_LAST:
            return PageKind.NEW
        is_known = self._habits.of(self._query.report).repeats_last_page
        return PageKind.END if is_known and not is_below_counters(self._query, seen=seen) else PageKind.AGAIN

    def _after_stuck(self, page: int, rows: Sequence[Any], *, seen: int) -> PageKind:
        first = whose_rows(self._ask_first() or []) if self._first is None else self._first
        if whose_rows(rows) == first:
            return self._after_first_again(page, rows, seen=seen)
        self._habits.observe(self._query.report, lambda habits, _: replace(habits, repeats_last_page=True))
        return PageKind.END

    def _after_first_again(self, page: int, rows: Sequence[Any], *, seen: int) -> PageKind:
        """Return that the list has ended where its first page is certainly, or by its counter, all of it."""
        habits, expected = self._habits.of(self._query.report), self._query.expected_rows
        is_short = expected is not None and seen < expected and len(rows) < PAGE_SIZE  # said to lack rows, and it is
        if habits.repeats_last_page or habits.is_certainly_whole(len(rows)) or seen == expected or is_short:
            return PageKind.END
        raise Unreadable(f"{page_subject(self._query, page)}: the account repeats a page instead of going on")


def digest(rows: Sequence[Any] | None) -> bytes:
    """Return what tells the content of a page from that of any other."""
    return blake2b(orjson.dumps(rows), digest_size=16).digest()
