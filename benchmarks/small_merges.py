"""The cost of a small merge: a page of new rows of one campaign, into a table of a million rows."""

import statistics
import tempfile
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

from benchmarks.figures import Figure
from sendtrail.domain.activity import Activity, EventType
from sendtrail.domain.work_item import WorkItem
from sendtrail.local.duckdb_warehouse import DuckDbWarehouse
from sendtrail.warehouse.domain_rows import activity_row
from sendtrail.warehouse.rows import ActivityRow, Batch, Table

CAMPAIGNS, OPENERS, NEW_ROWS = 1_000, 1_000, 20
CAMPAIGNS_PER_BATCH = 5
MERGES = 100
NOW = datetime(2025, 6, 1, tzinfo=UTC)
MILLISECONDS = 1_000


def measure() -> list[Figure]:
    """Return the median cost of a merge of twenty rows: the processor's time, and the time until it returns."""
    with tempfile.TemporaryDirectory() as folder, DuckDbWarehouse(Path(folder) / "bench.duckdb") as warehouse:
        for first in range(0, CAMPAIGNS, CAMPAIGNS_PER_BATCH):
            warehouse.merge(batch(list(_rows(range(first, first + CAMPAIGNS_PER_BATCH), range(OPENERS)))))
        costs = [_cost(warehouse, campaign) for campaign in range(0, CAMPAIGNS, CAMPAIGNS // MERGES)]
    name = f"merge of {NEW_ROWS} rows into {CAMPAIGNS * OPENERS:,}"
    cpu_ms, wall_ms = (statistics.median(column) * MILLISECONDS for column in zip(*costs, strict=True))
    return [
        Figure(scenario="processing", name=f"{name}, CPU", value=cpu_ms, unit=" ms", target=10),
        Figure(scenario="processing", name=f"{name}, until it is on disk", value=wall_ms, unit=" ms"),
    ]


def batch(rows: list[ActivityRow]) -> Batch:
    """Return rows as a batch of their own."""
    return Batch(
        item=WorkItem(organization_id="bench", run_id="run", subject="1", sequence=1),
        table=Table.EMAIL_ACTIVITIES,
        number=0,
        rows=rows,
        delivery=uuid4().hex,
    )


def _cost(warehouse: DuckDbWarehouse, campaign: int) -> tuple[float, float]:
    new_rows = batch(list(_rows([campaign], range(OPENERS, OPENERS + NEW_ROWS))))
    cpu, wall = time.process_time(), time.perf_counter()
    assert warehouse.merge(new_rows) == NEW_ROWS
    return time.process_time() - cpu, time.perf_counter() - wall


def _rows(campaigns: Iterable[int], openers: range) -> Iterator[ActivityRow]:
    for campaign in campaigns:
        for opener in openers:
            at = NOW - timedelta(minutes=campaign, seconds=7 * opener)
            activity = Activity(
                campaign_id=campaign,
                message_id="",
                contact_id=str(opener),
                contact_email=f"contact{opener}@example.com",
                event_type=EventType.OPEN,
                activity_timestamp=at,
                source_timestamp=at.isoformat(),
            )
            yield activity_row(activity, organization_id="bench", campaign_name="Bench", run_id="run", now=NOW)
