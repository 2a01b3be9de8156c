"""The batches of one delivery, merged and then recorded in a thread beside the one that reads.

The account's budget does not idle while the warehouse works. Batches follow one another, so the checkpoint never says
more than what is merged, and one batch at a time is on its way, so memory stays flat.
"""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from types import TracebackType
from typing import Any, Self

from sendtrail.delivery.lease import LeaseHolder
from sendtrail.ports import Warehouse
from sendtrail.warehouse.rows import Batch, Row

Progress = Mapping[str, Any]
# Returns rows as the batch of that number.
MakeBatch = Callable[[Sequence[Row], int], Batch]


class BatchWriter:
    """Takes rows as they are read; leaving its `with` block waits for the batch that is under way."""

    def __init__(self, warehouse: Warehouse, holder: LeaseHolder, *, make_batch: MakeBatch) -> None:
        self._warehouse, self._holder, self._make_batch = warehouse, holder, make_batch
        self._number = 0
        self._under_way: Future[None] | None = None
        self._thread: ThreadPoolExecutor | None = None

    def __enter__(self) -> Self:
        """Return the merging itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let the batch under way come to its end: nothing of this delivery is written after it."""
        if self._thread is not None:
            self._thread.shutdown(wait=True)

    def submit(self, rows: Sequence[Row], progress: Progress | None) -> None:
        """Begin to merge rows, and to record after them that everything up to `progress` is in.

        Wait for the batch before, and raise what went wrong with it.
        """
        self.join()
        if self._thread is None:
            self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="merging")
        self._under_way = self._thread.submit(copy_context().run, self._merge_and_record, rows, progress)

    def join(self) -> None:
        """Wait for the batch under way; raise what went wrong with it."""
        under_way, self._under_way = self._under_way, None
        if under_way is not None:
            under_way.result()

    def merge(self, rows: Sequence[Row]) -> int:
        """Merge rows in this thread, after all others, and return how many were new."""
        self.join()
        return self._merge(rows)

    def _merge_and_record(self, rows: Sequence[Row], progress: Progress | None) -> None:
        new_rows = self._merge(rows)
        if progress is not None:
            self._holder.advance(progress, new_rows=new_rows)

    def _merge(self, rows: Sequence[Row]) -> int:
        if not rows:
            return 0
        self._holder.ensure_lease()
        batch = self._make_batch(rows, self._number)
        self._number += 1
        return self._warehouse.merge(batch)
