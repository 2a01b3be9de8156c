"""The batches of one delivery, merged and then recorded in a thread beside the one that reads.

The account's budget is used while the warehouse works. Batches follow one another, so the checkpoint never says more
than what is merged, and at most one is being merged, so memory stays flat.
"""

from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Self

from sendtrail import threads
from sendtrail.delivery.lease import LeaseHolder
from sendtrail.ports import Warehouse
from sendtrail.threads import Future, Pool
from sendtrail.warehouse.rows import Batch, Row, Table, UnreadableReportRow

Progress = Mapping[str, Any]


class BatchWriter:
    """Merges what a delivery has read; leaving its `with` block waits for the batch that is being merged.

    `pass_id` (contacts) is the pass that saw the rows.
    """

    def __init__(self, warehouse: Warehouse, holder: LeaseHolder) -> None:
        self._warehouse, self._holder = warehouse, holder
        self._number = 0
        self._current: Future[None] | None = None
        self._thread: Pool | None = None
        self.pass_id = ""

    def __enter__(self) -> Self:
        """Return the writer itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let the current batch come to its end: nothing of this delivery is written after it."""
        if self._thread is not None:
            self._thread.shutdown(wait=True)

    def submit(self, rows: Sequence[Row], progress: Progress | None) -> None:
        """Begin to merge rows, and to record after them that everything up to `progress` is in the warehouse.

        Wait for the batch before, and raise what went wrong with it.
        """
        self.join()
        if self._thread is None:
            self._thread = threads.pool(1, name="batch-writer")
        self._current = self._thread.submit(self._merge_and_record, rows, progress)

    def join(self) -> None:
        """Wait for the current batch; raise what went wrong with it."""
        current, self._current = self._current, None
        if current is not None:
            current.result()

    def merge(self, rows: Sequence[Row]) -> int:
        """Merge rows in this thread, after all others, and return how many were new."""
        self.join()
        return self._merge(rows)

    def forget_pass(self, pass_id: str) -> None:
        """Forget whom a pass (contacts) saw that is over."""
        organization_id = self._holder.context.item.organization_id
        self._warehouse.forget_pass(organization_id, pass_id=pass_id, check_lease=self._holder.renew)

    def _merge_and_record(self, rows: Sequence[Row], progress: Progress | None) -> None:
        new_rows = self._merge(rows)
        if progress is not None:
            self._holder.advance(progress, new_rows=new_rows)

    def _merge(self, rows: Sequence[Row]) -> int:
        if not rows:
            return 0
        unreadable = [row for row in rows if isinstance(row, UnreadableReportRow)]
        if unreadable:
            self._merge_into(Table.UNREADABLE_ROWS, unreadable)
            rows = [row for row in rows if not isinstance(row, UnreadableReportRow)]
        return self._merge_into(self._holder.context.table, rows) if rows else 0

    def _merge_into(self, table: Table, rows: Sequence[Row]) -> int:
        number, self._number = self._number, self._number + 1
        return self._warehouse.merge(
            Batch(
                table=table,
                item=self._holder.context.item,
                number=number,
                delivery=self._holder.token,
                rows=rows,
                pass_id=self.pass_id,
            ),
            check_lease=self._holder.ensure_lease,
        )
