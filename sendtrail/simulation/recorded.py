"""What is recorded as read and is not in the warehouse: looked for before the next look at its report heals it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta

from sendtrail.domain.activity import EventType
from sendtrail.domain.campaign_report import Report
from sendtrail.domain.stored_counts import AUDITED_REPORTS
from sendtrail.simulation.cloud.memory_warehouse import StoredRow
from sendtrail.simulation.comparison import IsErased
from sendtrail.simulator import TruthRow
from sendtrail.sync.sync_record import SyncRecord

LISTED_WITHIN = timedelta(hours=2)
"""Rows that are younger when a read of their report begins may come too late for it."""
A_DAY_WITHOUT_TIME = timedelta(days=1)
"""A bounce has only the day; it may be of its end."""
_REPORT_OF = {event_type: report for report, event_type in AUDITED_REPORTS.items()}


def recorded_and_missing(
    truth: Iterable[TruthRow],
    stored: Sequence[StoredRow],
    records: Mapping[int, SyncRecord | None],
    *,
    is_erased: IsErased,
    without_trouble: bool = False,
    late: timedelta = timedelta(0),
) -> Iterator[TruthRow]:
    """Yield the rows that an account shows, were read as the record of their campaign says, and are not stored.

    A run `without_trouble` has read all reports of which it does not say that they failed, or that they fell short once
    more, which has a day. The account's lists show a row so `late` at most.
    """
    there = {(row["campaign_id"], row["event_type"], row["contact_id"]) for row in stored}
    for row in truth:
        record = records.get(row.campaign_id)
        if record is None or (row.campaign_id, row.event_type, row.contact_id) in there:
            continue
        if _is_recorded(row, record, late, without_trouble=without_trouble) and not is_erased(
            row.contact_id, row.contact_email
        ):
            yield row


def _is_recorded(row: TruthRow, record: SyncRecord, late: timedelta, *, without_trouble: bool) -> bool:
    report = _REPORT_OF[EventType(row.event_type)]
    settling, read_at = record.to_settle.get(report), record.watermarks.get(report)
    if settling is not None and settling.failed:
        return False  # the run has said so
    if without_trouble:
        if settling is not None and settling.lacks_rows and settling.short_before:
            return False  # what fell short before is looked at a day later
        read_at = record.synced_at
    elif read_at is None or (settling is not None and settling.short):
        return False
    within = late + LISTED_WITHIN + (A_DAY_WITHOUT_TIME if report is Report.BOUNCES else timedelta(0))
    return record.since <= row.activity_timestamp <= read_at - within
