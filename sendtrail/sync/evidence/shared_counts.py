"""What is stored of all accounts, counted once where several are dispatched: each count bills the days of all."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date

from sendtrail import threads
from sendtrail.delivery.observed_warehouse import ObservedWarehouse
from sendtrail.domain.stored_counts import CountsOfAccounts
from sendtrail.ports import Warehouse
from sendtrail.warehouse.rows import Batch


def _ignore(_batch: Batch, _changed: int) -> None:
    """Do nothing: the warehouse within tells what is merged."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SharedCounts(ObservedWarehouse):
    """A warehouse whose rows are counted from `first_date` on when the first account asks, for the others, too.

    A campaign that was synced in between has more rows than were counted: it is read as if that proved nothing.
    """

    inner: Warehouse
    first_date: date
    on_merge: Callable[[Batch, int], None] = _ignore
    _counts: dict[date, CountsOfAccounts] = field(default_factory=dict)
    _lock: AbstractContextManager[object] = field(default_factory=threads.lock)

    def stored_counts(self, *, since: date) -> CountsOfAccounts:
        """Return how many rows are stored; accounts that ask at the same time wait for one count."""
        first = min(since, self.first_date)
        with self._lock:
            if first not in self._counts:
                self._counts[first] = self.inner.stored_counts(since=first)
            return self._counts[first]
