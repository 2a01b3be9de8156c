"""What a delivery costs, and that reading does not wait for the warehouse."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from sendtrail.delivery.deliver import Outcome
from sendtrail.delivery.services import DeliverySettings
from sendtrail.domain.campaign_report import Report, ReportPage, ReportQuery
from sendtrail.domain.messages import SyncCampaign, decode
from sendtrail.ports import LeaseCheck, Topic, no_lease
from sendtrail.sync.campaign import CampaignSource, sync_campaign
from sendtrail.warehouse.rows import Batch
from tests.fake_account import FakeAccount
from tests.fakes import MemoryWarehouse
from tests.pipeline_harness import Pages, PipelineHarness

WAIT_S = 60  # far beyond what a busy machine takes


class SlowWarehouse(MemoryWarehouse):
    """Merges nothing until the reader has come to its last page."""

    def __init__(self, end_was_read: threading.Event) -> None:
        super().__init__()
        self.waited: list[bool] = []
        self._end_was_read = end_was_read

    def merge(self, batch: Batch, /, *, check_lease: LeaseCheck = no_lease) -> int:
        """Merge a batch once the reader is through."""
        self.waited.append(self._end_was_read.wait(WAIT_S))
        return super().merge(batch, check_lease=check_lease)


@dataclass
class WatchedReports:
    """Reports that say when the last page of the opens was read; others have none."""

    inner: FakeAccount
    end_was_read: threading.Event

    def read(self, query: ReportQuery) -> Iterator[ReportPage]:
        """Yield the pages of a report."""
        yield from self.inner.read(query)
        if query.report is Report.OPENS:
            self.end_was_read.set()


def test_pages_are_read_while_the_warehouse_merges() -> None:
    """The first of two batches is merged only after the last page was read."""
    pipeline = PipelineHarness(settings=DeliverySettings(flush_rows=50))
    pipeline.account.fill(1, Report.OPENS, 95)
    pipeline.dispatch(contacts=False)
    end_was_read = threading.Event()
    warehouse = pipeline.warehouse = SlowWarehouse(end_was_read)
    source = CampaignSource(lists=pipeline.account, reports=WatchedReports(pipeline.account, end_was_read))
    (message,) = pipeline.publisher.take(Topic.CAMPAIGNS)

    outcome = sync_campaign(
        decode(SyncCampaign, message),
        source=source,
        services=pipeline.services_with(warehouse),
        budget=Pages(1_000),
    )

    assert outcome is Outcome.DONE
    assert warehouse.waited == [True, True]
    assert pipeline.stored_ids() == pipeline.account_ids()


@pytest.mark.parametrize(("opens", "transactions_and_merges", "batches"), [(0, 2, 0), (7, 3, 1)])
def test_a_campaign_with_at_most_a_page_of_news_costs_two_transactions(
    opens: int, transactions_and_merges: int, batches: int
) -> None:
    """It is claimed and completed, its lease is young enough to be trusted meanwhile; nothing read, nothing merged."""
    pipeline = PipelineHarness()
    pipeline.account.fill(1, Report.OPENS, opens)
    pipeline.dispatch(contacts=False)
    operations, merged = pipeline.crash_point.operations, len(pipeline.warehouse.batches)

    pipeline.drain()

    assert (pipeline.crash_point.operations - operations) / 2 == transactions_and_merges
    assert len(pipeline.warehouse.batches) - merged == batches
