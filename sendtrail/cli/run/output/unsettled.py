"""How many reports fell short of their counters when they were last read, of all campaigns of an account."""

from collections.abc import Iterable
from dataclasses import dataclass

from sendtrail.sync.sync_record import SyncRecord


@dataclass(frozen=True, kw_only=True, slots=True)
class Unsettled:
    """Reports that hold fewer rows than the account counts, and how many rows that is."""

    reports: int
    rows: int


def unsettled_reports(records: Iterable[SyncRecord]) -> Unsettled:
    """Return what is unsettled: it is read again soon, and a counter also counts contacts that are gone since."""
    settling = [each for record in records for each in record.to_settle.values()]
    short = [each.short for each in settling if each.short]
    return Unsettled(reports=len(short), rows=sum(short))
