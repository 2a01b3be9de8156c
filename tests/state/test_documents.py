"""What is written to a state store."""

from datetime import datetime
from typing import Any

from sendtrail.domain.campaign_report import Report
from sendtrail.state.documents import from_document, to_document
from sendtrail.sync.sync_record import SyncRecord
from tests.fakes import NOON

SYNCED = SyncRecord(
    since=NOON,
    watermarks={Report.OPENS: NOON},
    counters={"opens": 1},
    synced_at=NOON,
    audited_at=NOON,
    confirmed=True,
)


def kinds(value: Any) -> set[type]:
    """Return the type of everything in a document, keys included."""
    if isinstance(value, dict):
        return {dict} | {kind for item in value.items() for part in item for kind in kinds(part)}
    if isinstance(value, list):
        return {list} | {kind for item in value for kind in kinds(item)}
    return {type(value)}


def test_a_document_holds_plain_values_only() -> None:
    """No enum and no tuple: only JSON values, and times."""
    assert kinds(to_document(SYNCED)) <= {dict, list, str, int, float, bool, type(None), datetime}


def test_a_document_reads_as_the_value_it_was_made_of() -> None:
    """Enums as keys included."""
    assert from_document(SyncRecord, to_document(SYNCED)) == SYNCED
