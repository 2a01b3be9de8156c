"""The day of merges: what is merged, and what BigQuery bills for it."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

from benchmarks.decaying_account import Decay, DecayingAccount, rows_by_report
from benchmarks.merge import MIDNIGHT, Day, recorded
from benchmarks.recording_warehouse import RecordingWarehouse
from sendtrail.clock import ManualClock
from sendtrail.domain.activity import Activity, EventType
from sendtrail.domain.campaign_report import Report, ReportCursor, ReportQuery
from sendtrail.domain.work_item import WorkItem
from sendtrail.pricing.bigquery_bytes import KEY_BYTES, MEBIBYTE, logical_bytes
from sendtrail.warehouse.domain_rows import activity_row
from sendtrail.warehouse.rows import ActivityRow, Batch, Table

NOON = datetime(2025, 6, 2, 12, tzinfo=UTC)
SMALL = Decay(active=3, daily=600)


def _row(at: datetime, contact: int = 1) -> ActivityRow:
    activity = Activity(
        campaign_id=1,
        message_id="",
        contact_id=str(contact),
        contact_email="é@example.com",
        event_type=EventType.OPEN,
        activity_timestamp=at,
        source_timestamp="2025-06-02 12:00:00",
    )
    return activity_row(activity, organization_id="bench", campaign_name="News", run_id="run", now=at)


def _batch(*rows: ActivityRow) -> Batch:
    return Batch(
        item=WorkItem(organization_id="bench", run_id="run", subject="1", sequence=1),
        table=Table.EMAIL_ACTIVITIES,
        number=0,
        rows=rows,
        delivery="token",
    )


def test_a_row_is_as_large_as_bigquery_says() -> None:
    """Texts are their UTF-8 bytes and two, numbers and times eight, NULL nothing."""
    texts = ["bench", "x" * 32, "News", "1", "é@example.com", "open", "2025-06-02 12:00:00", "run"]
    numbers_and_times = ["campaign_id", "activity_timestamp", "activity_date", "times", "created_at", "updated_at"]

    size = logical_bytes([_row(NOON)], table=Table.EMAIL_ACTIVITIES)

    assert size == sum(2 + len(text.encode()) for text in texts) + 8 * len(numbers_and_times)


def test_a_merge_reads_the_keys_of_the_days_between_its_first_and_its_last() -> None:
    """Also of a day in between that has no row in the batch; and a row that is there is not new."""
    before = Counter({date(2025, 5, 31): 10, date(2025, 6, 1): 20, date(2025, 6, 2): 30, date(2025, 6, 3): 40})
    warehouse = RecordingWarehouse(before=before, since=MIDNIGHT)
    batch = _batch(_row(NOON), _row(NOON - timedelta(days=2)))

    new_rows = [warehouse.merge(batch), warehouse.merge(batch)]

    assert new_rows == [1, 0]
    assert [merge.partitions for merge in warehouse.merged] == [3, 3]
    assert [merge.read_bytes for merge in warehouse.merged] == [[60 * KEY_BYTES], [61 * KEY_BYTES]]


def test_the_account_gets_as_many_activities_a_day_as_it_says() -> None:
    """Campaigns come and fade, and there are always as many activities in a day, give or take the rounding."""
    clock = ManualClock(MIDNIGHT)
    account = DecayingAccount(Decay(), clock=clock, page_s=0.0, first_send=MIDNIGHT - timedelta(days=6))
    before = _counted(account)

    clock.sleep(86_400)

    assert abs(_counted(account) - before - 500_000) < 500


def test_opens_come_newest_first_and_end_behind_what_is_asked_for() -> None:
    """Twenty a page; the last page holds the first row that is too old, and each page takes its time."""
    clock = ManualClock(MIDNIGHT)
    account = DecayingAccount(SMALL, clock=clock, page_s=0.5, first_send=MIDNIGHT - timedelta(days=6))
    since = MIDNIGHT - timedelta(hours=6)
    query = ReportQuery(campaign_id=6, report=Report.OPENS, message_id="", since=since, position=ReportCursor())

    pages = [chunk.activities for chunk in account.read(query)]

    times = [activity.activity_timestamp for page in pages for activity in page]
    assert times == sorted(times, reverse=True)
    assert times[-1] < since <= times[-2]
    assert {len(page) for page in pages[:-1]} == {20}
    assert clock.monotonic() == 0.5 * len(pages)


def test_a_day_of_dispatches_merges_each_activity_of_the_day_once() -> None:
    """As many rows are new as the account got; each dispatch merges its list of campaigns, too."""
    day = recorded(Day(every_h=6, decay=SMALL))

    batches = day.batches
    new_rows = sum(batch.new_rows for batch in batches if batch.table is Table.EMAIL_ACTIVITIES)
    dispatches = [batch for batch in batches if batch.table is Table.CAMPAIGNS]
    assert 0.97 * SMALL.daily < new_rows < 1.03 * SMALL.daily
    assert len(dispatches) == 4
    activities = [batch for batch in batches if batch.table is Table.EMAIL_ACTIVITIES]
    assert 4 < len(activities) <= day.deliveries  # a read that only confirms may find nothing to merge
    assert day.transactions == 2 * day.deliveries  # a claim, and the end
    assert all(batch.billed_bytes == 20 * MEBIBYTE for batch in batches)


def _counted(account: DecayingAccount) -> int:
    return sum(
        count
        for campaign in account.campaigns()
        for count in rows_by_report({campaign.campaign_id: campaign.counters}).values()
    )
