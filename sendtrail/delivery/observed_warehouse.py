"""A warehouse that reports what is done with it: for the log, the progress bars and the summary."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sendtrail.ports import LeaseCheck, Warehouse, WrappedWarehouse, no_lease
from sendtrail.warehouse.rows import Batch


def _ignore(_contacts: int) -> None:
    """Do nothing."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ObservedWarehouse(WrappedWarehouse):
    """Calls `on_merge` with each batch and the rows that it changed, `on_vanished` with the contacts marked."""

    inner: Warehouse
    on_merge: Callable[[Batch, int], None]
    on_vanished: Callable[[int], None] = _ignore

    def merge(self, batch: Batch, /, *, check_lease: LeaseCheck = no_lease) -> int:
        """Merge a batch; return the rows inserted or changed."""
        changed = self.inner.merge(batch, check_lease=check_lease)
        self.on_merge(batch, changed)
        return changed

    def mark_vanished(
        self, organization_id: str, *, pass_id: str, seen: int, at: datetime, check_lease: LeaseCheck = no_lease
    ) -> int:
        """Mark the contacts that a complete pass did not see; return how many."""
        vanished = self.inner.mark_vanished(organization_id, pass_id=pass_id, seen=seen, at=at, check_lease=check_lease)
        self.on_vanished(vanished)
        return vanished
