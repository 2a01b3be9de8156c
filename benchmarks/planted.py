"""Writes the state that a completed sync of an account leaves, without the hours that the sync takes."""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from pathlib import Path

from benchmarks.syncing import ORGANIZATION
from sendtrail.clock import SystemClock
from sendtrail.delivery.checkpoint import Checkpoint, Status
from sendtrail.domain.campaign import COUNTERS, Counters
from sendtrail.domain.campaign_report import PAGE_SIZE, Report
from sendtrail.domain.report_habits import BORDERS_NEEDED, ReportHabits
from sendtrail.domain.timestamp_meaning import EVENT_TYPES, TimestampMeaning
from sendtrail.local.duckdb_warehouse import DuckDbWarehouse
from sendtrail.local.state.adoption import open_state
from sendtrail.ports import State, Transaction
from sendtrail.simulator import TruthCampaign
from sendtrail.state.account_status import AccountStatus, write_status
from sendtrail.state.documents import campaign_path, full_lists_path, report_habits_path, subjects_path, to_document
from sendtrail.state.full_lists import FullListsDocument, rows_digest
from sendtrail.state.read_subjects import ReadSubjects
from sendtrail.state.stored_habits import AccountHabits
from sendtrail.state.stored_rows import write_baseline
from sendtrail.sync.sync_record import SyncRecord


def plant(database: Path, campaigns: Iterable[TruthCampaign], *, at: datetime, still: Collection[str] = ()) -> None:
    """Write the state into a database as if all campaigns had been read completely at a moment.

    `still` are the events whose rows were seen to stay where they are when they are repeated.
    """
    with DuckDbWarehouse(database) as warehouse, open_state(warehouse, clock=SystemClock()) as state:
        write(state, {campaign.id: campaign.counters for campaign in campaigns}, at=at, still=still)


def write(
    state: State,
    counters: Mapping[int, Counters],
    *,
    at: datetime,
    still: Collection[str] = (),
    organization_id: str = ORGANIZATION,
    read_whole: Callable[[int], datetime] | None = None,
) -> None:
    """Write the checkpoint of a completed sync of each campaign that was ever sent; `counters` are by campaign id.

    The list of campaigns came to its end with these, on a full page, and pages were of the usual size and in order.
    `read_whole` returns when a campaign was last read by the whole overlap, which is at the same moment without it.
    """
    documents = {
        campaign_path(organization_id, campaign_id): to_document(
            _checkpoint(each, at, read_whole(campaign_id) if read_whole else at)
        )
        for campaign_id, each in counters.items()
        if each["send_amt"]
    }

    proven = FullListsDocument(proven_at={"campaigns": at}, full_lists={"campaigns": rows_digest(counters)})
    documents[full_lists_path(organization_id)] = to_document(proven)
    habits = ReportHabits(
        shortest_followed=PAGE_SIZE,
        longest_followed=PAGE_SIZE,
        longest=PAGE_SIZE,
        sized_at=at,
        borders_in_order=BORDERS_NEEDED,
    )
    documents[report_habits_path(organization_id)] = to_document(AccountHabits(reports=dict.fromkeys(Report, habits)))
    documents[subjects_path(organization_id)] = to_document(ReadSubjects(campaigns=dict.fromkeys(counters, 0)))
    status = AccountStatus(
        run_id="planted",
        last_run=at,
        campaigns_total=0,
        timestamp_meanings={
            report: TimestampMeaning.FIRST if event in still else TimestampMeaning.LAST
            for report, event in EVENT_TYPES.items()
        },
        timestamps_observed_at=at,
    )

    def work(transaction: Transaction) -> None:
        write_status(transaction, organization_id, status)
        write_baseline(transaction, organization_id, {})  # no row is stored, and none is missed
        for path, document in documents.items():
            transaction.set(path, document)

    state.transact(work)


def _checkpoint(counters: Counters, at: datetime, read_whole: datetime) -> Checkpoint:
    synced = SyncRecord(
        since=datetime.fromtimestamp(0, at.tzinfo),
        watermarks=dict.fromkeys(Report, at),
        counters={name: count for name, count in counters.items() if name in COUNTERS},
        synced_at=at,
        audited_at=at,
        confirmed=True,
        deep_watermarks=dict.fromkeys(Report, read_whole),
        settling={},
    )
    return Checkpoint(run_id="planted", sequence=1, status=Status.DONE, updated_at=at, synced=to_document(synced))
