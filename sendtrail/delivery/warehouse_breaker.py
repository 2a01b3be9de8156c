"""A breaker between an instance and a warehouse that takes no rows: no page is read that could not be merged.

Without it each delivery reads the account for minutes, fails to merge, and the next one reads the same pages again.
A warehouse that is busy with the merges of others works, and neither opens it nor closes it.
"""

from dataclasses import dataclass

from sendtrail import threads
from sendtrail.clock import Clock
from sendtrail.errors import Unavailable
from sendtrail.ports import LeaseCheck, Warehouse, WrappedWarehouse, no_lease
from sendtrail.warehouse.rows import Batch

FIRST_PAUSE_S, MAX_PAUSE_S = 30.0, 600.0


class WarehouseBreaker:
    """What one instance has seen of the warehouse last.

    After a failed merge no delivery begins for a pause, which doubles with each further failure. Then one may try, and
    merges what it reads at once; whoever merges something ends the trial for all.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threads.lock()
        self._pause_s = 0.0
        self._tried_at = 0.0

    def ensure_closed(self) -> None:
        """Raise Unavailable if the warehouse has failed, unless it is time to try again."""
        with self._lock:
            left_s = self._tried_at + self._pause_s - self._clock.monotonic()
            if not self._pause_s:
                return
            if left_s > 0:
                raise Unavailable(f"the warehouse took no rows a moment ago: it is tried again in {left_s:.0f} s")
            self._tried_at = self._clock.monotonic()

    def is_on_trial(self) -> bool:
        """Return whether the last merge has failed."""
        return self._pause_s > 0

    def failed(self) -> None:
        """Note that a merge has failed."""
        with self._lock:
            self._pause_s = min(max(2 * self._pause_s, FIRST_PAUSE_S), MAX_PAUSE_S)
            self._tried_at = self._clock.monotonic()

    def succeeded(self) -> None:
        """Note that something was merged."""
        self._pause_s = 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class TriedWarehouse(WrappedWarehouse):
    """Tells a breaker whether the warehouse merges what it is given; not where it is busy, or would take other rows.

    Nothing is between it and the warehouse: what fails in the state store, such as a look at the lease before a merge,
    is no failure of the warehouse.
    """

    inner: Warehouse
    breaker: WarehouseBreaker

    def merge(self, batch: Batch, /, *, check_lease: LeaseCheck = no_lease) -> int:
        """Merge a batch; return the rows inserted or changed."""
        is_lease_unknown = False

        def look_at_lease() -> None:
            nonlocal is_lease_unknown
            try:
                check_lease()
            except Exception:
                is_lease_unknown = True
                raise

        try:
            changed = self.inner.merge(batch, check_lease=look_at_lease)
        except Unavailable:
            if not is_lease_unknown:
                self.breaker.failed()
            raise
        self.breaker.succeeded()
        return changed
