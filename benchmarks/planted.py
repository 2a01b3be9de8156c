"""The state that a completed sync of an account leaves behind, without the hours that the sync itself takes."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from benchmarks.syncing import ORGANIZATION
from sendtrail.campaigns import COUNTERS
from sendtrail.checkpoint import Checkpoint, Status
from sendtrail.cli.run import state_file
from sendtrail.clock import SystemClock
from sendtrail.documents import campaign_path, to_document
from sendtrail.local.state import SqliteState
from sendtrail.ports import Transaction
from sendtrail.reports import Report
from sendtrail.synced import CampaignSynced
from simulator import TruthCampaign


def plant(database: Path, campaigns: Iterable[TruthCampaign], *, at: datetime) -> None:
    """Write the state beside a database as if all campaigns had been read to their ends at a moment."""
    documents = {
        campaign_path(ORGANIZATION, campaign.id): to_document(_checkpoint(campaign, at))
        for campaign in campaigns
        if campaign.counters["send_amt"]
    }

    def work(transaction: Transaction) -> None:
        for path, document in documents.items():
            transaction.set(path, document)

    with SqliteState(state_file(database), clock=SystemClock()) as state:
        state.transact(work)


def _checkpoint(campaign: TruthCampaign, at: datetime) -> Checkpoint:
    synced = CampaignSynced(
        since=datetime.fromtimestamp(0, at.tzinfo),
        watermarks=dict.fromkeys(Report, at),
        counters={name: campaign.counters[name] for name in COUNTERS},
        synced_at=at,
        audited_at=at,
        confirmed=True,
    )
    return Checkpoint(run_id="planted", sequence=1, status=Status.DONE, updated_at=at, synced=to_document(synced))
