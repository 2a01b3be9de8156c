"""Rows that came although the counters of their campaign stood still: they say that these do not follow. Pure.

Such a row is later than all that were seen when the report was last read, and than that reading; and it is older than
the counters that do not count it. Both by some hours, as lists and counters are updated independently.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sendtrail.domain.activity import Activity, happened_until
from sendtrail.domain.campaign import Counters
from sendtrail.domain.campaign_report import SLACK, Report, has_changed, is_unknown
from sendtrail.sync.sync_record import SyncRecord

# A time that lies further in the future than a zone can explain is an error of the account's.
MAX_AHEAD = timedelta(days=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Uncounted:
    """Between which times a row of a report would have had to move the counters."""

    after: datetime
    before: datetime

    def count(self, activities: Iterable[Activity]) -> int:
        """Return how many activities happened in between for certain: of some only the day is known."""
        return sum(self.after < each.activity_timestamp and happened_until(each) < self.before for each in activities)


def uncounted(
    report: Report, *, counters: Counters, listed_at: datetime | None, synced: SyncRecord | None
) -> Uncounted | None:
    """Return when rows would be uncounted that a report shows now; None where its counters moved, or say nothing."""
    if synced is None or listed_at is None or report not in synced.latest or report not in synced.watermarks:
        return None
    settling = synced.to_settle.get(report)
    if settling is not None and settling.failed:
        return None  # the counters that are recorded are later than its rows
    if is_unknown(report, counters) or has_changed(report, now=counters, before=synced.counters):
        return None
    return Uncounted(after=max(synced.latest[report], synced.watermarks[report] + SLACK), before=listed_at - SLACK)


def latest_of(activities: Iterable[Activity], *, known: datetime | None, now: datetime) -> datetime | None:
    """Return the latest time of activities and of those that are known; None where there is none."""
    moments = [activity.activity_timestamp for activity in activities]
    credible = [moment for moment in moments if moment <= now + MAX_AHEAD]
    return max([*credible, *([known] if known else [])], default=None)
