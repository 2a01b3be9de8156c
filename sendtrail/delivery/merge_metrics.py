"""What is measured of a merge."""

from collections import Counter
from collections.abc import Sequence
from typing import cast

from sendtrail.delivery.usage_meter import add_usage
from sendtrail.metrics.definitions import ACCOUNT, EVENT_TYPE, ROWS_READ, ROWS_STORED, TABLE
from sendtrail.metrics.recording import Metrics
from sendtrail.state.run_usage import RunUsage
from sendtrail.warehouse.rows import ActivityRow, Batch, Table


def measure_merge(metrics: Metrics, batch: Batch, changed: int) -> None:
    """Measure the rows of a batch, and how many of them were new or changed."""
    of_table = {ACCOUNT: batch.item.organization_id, TABLE: batch.table.value}
    if batch.table is Table.EMAIL_ACTIVITIES:
        types = Counter(row["event_type"] for row in cast("Sequence[ActivityRow]", batch.rows))
        for event_type, rows in types.items():
            metrics.record(ROWS_READ, rows, {**of_table, EVENT_TYPE: event_type})
    else:
        metrics.record(ROWS_READ, len(batch.rows), of_table)
    metrics.record(ROWS_STORED, changed, of_table)


def meter_merge(batch: Batch, changed: int) -> None:
    """Count the rows of a batch for the run that they are of."""
    if batch.table is Table.EMAIL_ACTIVITIES:
        add_usage(RunUsage(activities_read=len(batch.rows), activities_new=changed))
    elif batch.table is Table.UNREADABLE_ROWS:
        add_usage(RunUsage(unreadable_rows=len(batch.rows)))
