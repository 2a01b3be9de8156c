"""Checkpoints as earlier syncs left them."""

from dataclasses import replace
from datetime import timedelta

from sendtrail.delivery.checkpoint import Checkpoint, Status
from sendtrail.domain.campaign import Campaign
from sendtrail.domain.campaign_report import Report
from sendtrail.state.documents import to_document
from sendtrail.sync.sync_record import SyncRecord
from tests.fakes import NOON

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def a_sync(**changes: object) -> SyncRecord:
    """Return what a sync of an hour ago left behind."""
    synced = SyncRecord(
        since=NOON - 7 * DAY,
        watermarks={Report.OPENS: NOON - HOUR},
        counters={"send_amt": 100, "opens": 5},
        synced_at=NOON - HOUR,
        audited_at=NOON - HOUR,
        confirmed=True,
        deep_watermarks={Report.OPENS: NOON - HOUR},
        settling={},
    )
    return replace(synced, **changes)  # type: ignore[arg-type]


def a_checkpoint(synced: SyncRecord | None = None, **changes: object) -> Checkpoint:
    """Return the checkpoint of a campaign that is done."""
    document = to_document(synced or a_sync())
    checkpoint = Checkpoint(run_id="run1", sequence=4, status=Status.DONE, updated_at=NOON, synced=document)
    return replace(checkpoint, **changes)  # type: ignore[arg-type]


def an_old_sync(campaign: Campaign) -> Checkpoint:
    """Return the checkpoint of a campaign without news that is due for an audit."""
    return a_checkpoint(a_sync(audited_at=NOON - 40 * DAY, counters=campaign.counters))
