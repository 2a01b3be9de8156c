"""How many rows of a report are stored, and whether that is all that the account counts."""

from collections.abc import Mapping
from dataclasses import dataclass

from sendtrail.domain.activity import EventType
from sendtrail.domain.campaign import Counters
from sendtrail.domain.campaign_report import Report, expected_row_count

# The reports whose rows can be counted, and the counters of their events where a row stands for several.
COUNTED_REPORTS: Mapping[Report, EventType] = {
    Report.OPENS: EventType.OPEN,
    Report.CLICKS: EventType.CLICK,
    Report.BOUNCES: EventType.BOUNCE,
    Report.UNSUBSCRIBES: EventType.UNSUBSCRIBE,
}
REPEATED: Mapping[Report, str] = {Report.OPENS: "opens", Report.CLICKS: "linkclicks"}


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredCounts:
    """The rows of a campaign's report that are stored: how many, and the sum of the largest `times` of each."""

    rows: int = 0
    times: int = 0


def is_all_stored(report: Report, stored: StoredCounts, *, before: Counters, now: Counters) -> bool:
    """Return whether all is stored that the account counted at the last sync, by its counters then and now.

    Between its counters and its rows a sync may have read some that came meanwhile: those are counted by now. Where
    more is stored than was ever counted, or a counter is unknown, nothing is proven.
    """
    bounds = [(expected_row_count(report, before), stored.rows, expected_row_count(report, now))]
    if report in REPEATED:
        bounds.append((before.get(REPEATED[report]), stored.times, now.get(REPEATED[report])))
    return all(least is not None and most is not None and least <= count <= most for least, count, most in bounds)
