"""Accounts that have a row per event in place of one per contact with a count: each row gets the count up to it.

That is told by a contact who is there twice, with a count of one each time: on one page, as that is one answer, or at
two times, as a row that moves has a count of two. Until a row shows a count of its own, the first pages are held back:
what is the second event of a contact would be taken for the first. Such rows can only be counted where all of them are
at hand, so that the whole report is read. Rows that are alike in everything are one event, unless the counters are
reached only by counting each: the same row may be on two pages as the list moves, and a page may bring it twice.
"""

import logging
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import chain

from sendtrail.activecampaign.account_memory import Habits
from sendtrail.activecampaign.v1.oddities.named_messages import Read
from sendtrail.domain.activity import Activity
from sendtrail.domain.campaign_report import ReportCursor, ReportPage, ReportQuery
from sendtrail.errors import SendtrailError

logger = logging.getLogger(__name__)

# More rows than this are stored as they are: their sum then falls short of the counter, which `completeness` shows.
MAX_ROWS = 20_000
# So many rows without any count say that nobody did anything twice.
MAX_HELD_ROWS = 500
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


class EventRows:
    """Reads a report whose rows are perhaps one per event."""

    def __init__(self, read: Read, *, habits: Habits) -> None:
        self._read, self._habits = read, habits

    def read(self, query: ReportQuery) -> Iterator[ReportPage]:
        """Yield the pages of the report; where it has a row per event, all of its rows with the counts up to them."""
        if self._habits.of(query.report).has_row_per_event:
            yield from self._counted(query)
            return
        held, is_per_event = _HeldPages(), False
        try:
            for page in self._read(query):
                if is_per_event := held.add(page):
                    break
                yield from held.release()
        except SendtrailError:
            yield from held.release(is_over=True)
            raise
        if is_per_event:
            self._habits.observe(query.report, lambda habits, _: replace(habits, has_row_per_event=True))
            yield from self._counted(query)
        else:
            yield from held.release(is_over=True)

    def _counted(self, query: ReportQuery) -> Iterator[ReportPage]:
        """Yield the whole report as one page, as its rows cannot be counted from the middle on."""
        position = ReportCursor(message_id=query.position.message_id)
        pages = self._read(replace(query, since=_BEGINNING, position=position, first_page=1))
        rows: list[Activity] = []
        for page in pages:
            if page.is_short:
                yield replace(page, position=None)
                continue
            rows += page.activities
            yield replace(page, activities=[], position=None)
            if len(rows) > MAX_ROWS:
                logger.warning("%s of campaign %d: too many rows to count", query.report, query.campaign_id)
                yield from chain([ReportPage(activities=rows, position=None)], pages)
                return
        yield ReportPage(activities=with_counts(rows, counted=query.expected_events), position=None)


class _HeldPages:
    """The first pages of a report, held back as long as its rows may be one per event."""

    def __init__(self) -> None:
        self._pages, self._rows, self._is_open = list[ReportPage](), list[Activity](), True

    def add(self, page: ReportPage) -> bool:
        """Hold a page; return whether there is a row per event."""
        self._pages.append(page)
        if self._is_open:
            self._rows += page.activities
            has_counts = any(each.times > 1 for each in page.activities)
            self._is_open = len(self._rows) < MAX_HELD_ROWS and not has_counts
        return has_row_per_event(page.activities) or (self._is_open and _is_at_two_times(self._rows))

    def release(self, *, is_over: bool = False) -> Iterator[ReportPage]:
        """Yield the pages that need not be held any longer."""
        if is_over or not self._is_open:
            pages, self._pages = self._pages, []
            yield from pages


def has_row_per_event(page: Iterable[Activity]) -> bool:
    """Return whether a contact is on a page twice, each time as if for the first time."""
    return any(rows > 1 for rows in Counter(_who(each) for each in page if each.times == 1).values())


def _is_at_two_times(rows: Iterable[Activity]) -> bool:
    """Return whether a contact is there at two times, each time as if for the first time."""
    moments = dict[str, datetime]()
    return any(
        moments.setdefault(_who(each), each.activity_timestamp) != each.activity_timestamp
        for each in rows
        if each.times == 1
    )


def with_counts(rows: Sequence[Activity], *, counted: int | None) -> list[Activity]:
    """Return the rows of a report, each with how often its contact had done it by then, once per moment.

    `counted` is how many events there are by the counters.
    """
    counts_alike = counted is not None and sum(each.times for each in rows) <= counted
    by_contact = defaultdict[str, list[Activity]](list)
    for each in rows:
        by_contact[_who(each)].append(each)
    return [each for own in by_contact.values() for each in _counted_up(own, counts_alike=counts_alike)]


def _counted_up(rows: Sequence[Activity], *, counts_alike: bool) -> Iterable[Activity]:
    if any(each.times != 1 for each in rows):
        return rows  # with counts of their own
    moments = Counter(each.activity_timestamp for each in rows)
    found, count = dict[datetime, Activity](), 0
    for each in sorted(rows, key=lambda row: row.activity_timestamp):
        if each.activity_timestamp not in found:
            count += moments[each.activity_timestamp] if counts_alike else 1
            found[each.activity_timestamp] = replace(each, times=count)
    return found.values()


def _who(activity: Activity) -> str:
    return activity.contact_id or activity.contact_email
