"""The five reports of a campaign, and which of them have news."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from sendtrail.domain.activity import Activity
from sendtrail.domain.campaign import Counters

# Rows on a page of a v1 report, whatever is asked for.
PAGE_SIZE = 20
# The account sorts by its local time: in the hour that a clock is put back, true times are out of order by up to an
# hour, and `tstamp` may be an hour off besides.
SLACK = timedelta(hours=2)


class Report(StrEnum):
    """A list of rows that the API keeps for each campaign."""

    OPENS = "opens"
    CLICKS = "clicks"
    BOUNCES = "bounces"
    UNSUBSCRIBES = "unsubscribes"
    FORWARDS = "forwards"


FED_BY: dict[Report, tuple[str, ...]] = {
    Report.OPENS: ("opens", "uniqueopens", "verified_opens", "verified_unique_opens"),
    Report.CLICKS: ("linkclicks", "uniquelinkclicks", "subscriberclicks"),
    Report.BOUNCES: ("hardbounces", "softbounces"),
    Report.UNSUBSCRIBES: ("unsubscribes",),
    Report.FORWARDS: ("forwards", "uniqueforwards"),
}


# The events of a report.
COUNTED_BY: dict[Report, tuple[str, ...]] = {
    Report.OPENS: ("opens",),
    Report.CLICKS: ("linkclicks",),
    Report.BOUNCES: ("hardbounces", "softbounces"),
    Report.UNSUBSCRIBES: ("unsubscribes",),
    Report.FORWARDS: ("forwards",),
}


# A row per contact (and link), or a row per event.
ROWS_COUNTED_BY: dict[Report, tuple[str, ...]] = {
    Report.OPENS: ("uniqueopens",),
    Report.CLICKS: ("uniquelinkclicks",),
    Report.BOUNCES: ("hardbounces", "softbounces"),
    Report.UNSUBSCRIBES: ("unsubscribes",),
    Report.FORWARDS: ("uniqueforwards",),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportCursor:
    """Where the reading of a report stands: the next page, and whether all so far came newest first.

    `earliest` is the earliest time of all rows read so far; `descents` counts the steps down seen: without any, nothing
    is proven. `message_id` is the message whose rows are being read, where the account shows them only by message.
    """

    page: int = 1
    descending: bool = True
    descents: int = 0
    earliest: datetime | None = None
    message_id: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportQuery:
    """What to read: a report of a campaign (of one of its messages), back to `since`, from `position` on.

    `expected_rows` is how many rows there are by the campaign's counters, `changed_rows` how many of them can have
    changed since the last read; None where the counters do not show it. `to_the_end` asks for the proven end also where
    all expected rows were seen. `slack` is by how much rows may be out of order: reading stops where they are older
    than `since` by more. `first_page` is where the rows begin that are asked for, in a list that grows at its end.
    `is_split` says that the campaign has several messages, of which none is named as they may not all be listed,
    `is_message_ignored` that the account shows the rows of all messages whichever is named. `expected_events` is how
    many events there are by the counters. `campaign_rows` is how many rows all messages have by the counters, where one
    of several is named.
    """

    campaign_id: int
    report: Report
    message_id: str
    since: datetime
    position: ReportCursor
    expected_rows: int | None = None
    changed_rows: int | None = None
    to_the_end: bool = False
    slack: timedelta = SLACK
    first_page: int = 1
    is_split: bool = False
    is_message_ignored: bool = False
    expected_events: int | None = None
    campaign_rows: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class UnreadableRow:
    """A row that the account shows and that cannot be understood; `report` is a Report, or a list such as "contacts".

    `reason` names the field without its value. `raw` is the row as JSON, cut off where it is very long: personal data.
    """

    report: str
    page: int
    reason: str
    raw: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportPage:
    """A part of a report; `position` is where to go on after it, None within a page too large for one part.

    `unreadable` holds the rows that are in no activity. `missing` is how many rows the campaign's counters promise
    beyond those that were seen when the report had ended, twice: it is set on a last page, which has no rows.
    """

    activities: list[Activity]
    position: ReportCursor | None
    unreadable: Sequence[UnreadableRow] = ()
    missing: int = 0

    @property
    def is_short(self) -> bool:
        """Return whether the report ended before as many rows as its counters promise."""
        return self.missing > 0

    @property
    def rows(self) -> int:
        """Return how many rows of the account it is made of."""
        return len(self.activities) + len(self.unreadable)


class ReportReader(Protocol):
    """One way to read reports; another endpoint is another reader."""

    def read(self, query: ReportQuery) -> Iterator[ReportPage]:
        """Yield the rows of a report from a position on, to its proven end."""
        ...


def is_empty(report: Report, counters: Counters) -> bool:
    """Tell whether every counter that feeds a report is there and zero."""
    return all(counters.get(name) == 0 for name in FED_BY[report])


def is_unknown(report: Report, counters: Counters) -> bool:
    """Return whether the campaign does not say, or says unreadably, how many events a report has."""
    return any(counters.get(name) is None for name in COUNTED_BY[report])


def has_changed(report: Report, *, now: Counters, before: Counters) -> bool:
    """Tell whether any counter that feeds a report differs from the one stored at the last sync."""
    return any(now.get(name) != before.get(name) for name in FED_BY[report])


def changed_reports(*, now: Counters, before: Counters) -> tuple[Report, ...]:
    """Return the reports of which any counter differs from the one stored at the last sync."""
    return tuple(report for report in Report if has_changed(report, now=now, before=before))


def expected_row_count(report: Report, counters: Counters) -> int | None:
    """Return how many rows a report has by the campaign's counters, None where they do not tell."""
    return _sum(ROWS_COUNTED_BY[report], counters)


def expected_event_count(report: Report, counters: Counters) -> int | None:
    """Return how many events a report has by the campaign's counters, None where they do not tell."""
    return _sum(COUNTED_BY[report], counters)


def _sum(names: Sequence[str], counters: Counters) -> int | None:
    found = [counters.get(name) for name in names]
    known = [number for number in found if number is not None]
    return sum(known) if known and len(known) == len(found) else None


def changed_row_count(report: Report, *, now: Counters, before: Counters) -> int | None:
    """Return how many rows of a report can have changed while the counters moved, None where they do not tell.

    Every open moves one row to the top of its list; only opens are read from the top.
    """
    return _growth("opens", now, before) if report is Report.OPENS else None


def new_row_count(report: Report, *, now: Counters, before: Counters) -> int | None:
    """Return how many rows of a report can be new at its top, where a repeat leaves a row in its place."""
    return _growth("uniqueopens", now, before) if report is Report.OPENS else None


def _growth(name: str, now: Counters, before: Counters) -> int | None:
    return max(0, now[name] - before[name]) if name in now and name in before else None


def may_have_repeats(report: Report, *, now: Counters, before: Counters) -> bool:
    """Return whether contacts that opened (clicked) before may have done so again while the counters changed.

    Not where each open that was counted is one of a contact that had never opened.
    """
    if report is Report.CLICKS:
        return True  # a page of links holds all of their clicks: looking at all rows costs no request
    if report is not Report.OPENS:
        return False
    known = [(now.get(name), before.get(name)) for name in ("opens", "uniqueopens")]
    deltas = [None if after is None or earlier is None else after - earlier for after, earlier in known]
    return None in deltas or deltas[0] != deltas[1] or deltas[0] == 0


def counter_delta(*, now: Counters, before: Counters) -> int:
    """Return by how many events the counters of all reports moved, either way."""
    names = {name for fed in FED_BY.values() for name in fed}
    return sum(abs(now.get(name, 0) - before.get(name, 0)) for name in names)
