"""Rows of a file merged batch by batch, so that memory does not grow with the file."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from uuid import uuid4

from sendtrail.cli.warehouses import Destination
from sendtrail.domain.work_item import WorkItem
from sendtrail.warehouse.rows import Batch, Row, Table

# A batch is one load job and one MERGE in BigQuery, some seconds, and some 50 MB of memory.
BATCH_ROWS = 50_000


def merge_rows(rows: Iterable[Row], to: Destination, *, table: Table, now: datetime) -> int:
    """Merge rows into a table and return how many were inserted or changed; merging them again changes nothing."""
    item = WorkItem(
        organization_id=to.organization,
        run_id=f"{now:%Y%m%dT%H%M%SZ}-{uuid4().hex[:8]}",
        subject=str(table),
        sequence=1,
    )
    delivery = uuid4().hex
    return sum(
        to.warehouse.merge(Batch(item=item, table=table, number=number, delivery=delivery, rows=part))
        for number, part in enumerate(_parts(iter(rows)))
    )


def _parts(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while part := list(islice(rows, BATCH_ROWS)):
        yield part
