"""How many rows of a report are stored, or were seen, and whether that is all that the account counts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sendtrail.domain.activity import Activity, EventType
from sendtrail.domain.campaign import Counters
from sendtrail.domain.campaign_report import Report, expected_row_count

# The reports whose rows can be counted, and the counters of their events where a row stands for several.
COUNTED_REPORTS: Mapping[Report, EventType] = {
    Report.OPENS: EventType.OPEN,
    Report.CLICKS: EventType.CLICK,
    Report.BOUNCES: EventType.BOUNCE,
    Report.UNSUBSCRIBES: EventType.UNSUBSCRIBE,
}
# Those whose stored rows an audit compares with their counters, too: all.
AUDITED_REPORTS: Mapping[Report, EventType] = {**COUNTED_REPORTS, Report.FORWARDS: EventType.FORWARD}
# A run that begins sooner than this after the counters of changing campaigns were compared with what is stored does not
# compare them again. One that begins every four hours does, though some minutes early.
COUNTED_EVERY = timedelta(hours=3.5)
REPEATED: Mapping[Report, str] = {Report.OPENS: "opens", Report.CLICKS: "linkclicks"}


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredCounts:
    """The rows of a campaign's report that are stored: how many, and the sum of the largest `times` of each."""

    rows: int = 0
    times: int = 0


# Of an account, by campaign and event type.
CountsOfReports = Mapping[tuple[int, str], StoredCounts]


def by_report(rows: Iterable[tuple[int, str, int, int]]) -> CountsOfReports:
    """Return counts by campaign and event type, from rows of these two, the stored rows and their times."""
    return {
        (campaign_id, event_type): StoredCounts(rows=stored_rows, times=stored_times)
        for campaign_id, event_type, stored_rows, stored_times in rows
    }


def is_all_stored(report: Report, stored: StoredCounts, *, before: Counters, now: Counters) -> bool:
    """Return whether all is stored that the account counted at the last sync, by its counters then and now.

    Between its counters and its rows a sync may have read some that came meanwhile: those are counted by now. Where
    more is stored than was ever counted, or a counter is unknown, nothing is proven.
    """
    bounds = [(expected_row_count(report, before), stored.rows, expected_row_count(report, now))]
    if report in REPEATED:
        bounds.append((before.get(REPEATED[report]), stored.times, now.get(REPEATED[report])))
    return all(least is not None and most is not None and least <= count <= most for least, count, most in bounds)


@dataclass(frozen=True, kw_only=True, slots=True)
class SeenRows:
    """The rows that a reading of a report has seen: how many, the sum of their `times`, and when the latest was."""

    rows: int = 0
    times: int = 0
    latest: datetime | None = None

    def plus(self, activities: Sequence[Activity]) -> "SeenRows":
        """Return these rows and more."""
        moments = [activity.activity_timestamp for activity in activities]
        return SeenRows(
            rows=self.rows + len(activities),
            times=self.times + sum(activity.times for activity in activities),
            latest=max([*moments, *([self.latest] if self.latest else [])], default=None),
        )

    def are_all(self, report: Report, counters: Counters) -> bool:
        """Return whether these are exactly the rows and repeats that the account counts; unknown where it does not."""
        counted = expected_row_count(report, counters) if report in COUNTED_REPORTS else None
        repeated = counters.get(REPEATED[report]) if report in REPEATED else self.times
        return (self.rows, self.times) == (counted, repeated)
