"""How many reports fell short of their counters when they were last read, of all campaigns of an account."""

from dataclasses import dataclass

from sendtrail.ports import State
from sendtrail.sync.campaign_checkpoints import checkpoints_of
from sendtrail.sync.sync_record import read_record


@dataclass(frozen=True, kw_only=True, slots=True)
class Unsettled:
    """Reports that hold fewer rows than the account counts, and how many rows that is."""

    reports: int
    rows: int


def unsettled_reports(organization_id: str, state: State) -> Unsettled:
    """Return what is unsettled: it is read again soon, and a counter also counts contacts that are gone since."""
    records = [read_record(each.synced) for each in checkpoints_of(organization_id, state).readable.values()]
    settling = [each for record in records if record is not None for each in record.to_settle.values()]
    short = [each.short for each in settling if each.short]
    return Unsettled(reports=len(short), rows=sum(short))
