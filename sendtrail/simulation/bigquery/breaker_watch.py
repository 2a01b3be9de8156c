"""Looks at each instance's breaker: it opens for merges that the warehouse did not do, holds work back, and closes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from sendtrail.clock import Clock
from sendtrail.delivery.warehouse_breaker import FIRST_PAUSE_S, MAX_PAUSE_S, WarehouseBreaker

_DELIVERY: ContextVar[object] = ContextVar("delivery", default=None)


class BreakerWatch:
    """Compares what an instance does with what has become of its merges; notes `violations` of all instances."""

    def __init__(self, process: str, now: Callable[[], float], violations: list[str]) -> None:
        self._process, self._now, self._violations = process, now, violations
        self._failed = self._told = self._failed_in_a_row = 0
        self._failed_at = 0.0
        self._began_at: float | None = None
        self._delivery: object = None

    @contextmanager
    def delivering(self) -> Iterator[None]:
        """Handle a delivery in a block: what is asked for after its end was underway, and is not looked at."""
        self._began_at, self._delivery = self._now(), object()
        reset = _DELIVERY.set(self._delivery)
        try:
            yield
        finally:
            self._began_at = None
            _DELIVERY.reset(reset)

    def merge_failed(self) -> None:
        """Note that the warehouse did not do a merge, for another reason than that it had too much to do."""
        self._failed += 1
        self._failed_in_a_row += 1
        self._failed_at = self._now()

    def merged(self) -> None:
        """Note that the warehouse did a merge."""
        self._failed_in_a_row = 0

    def told(self) -> None:
        """Look at a failure that the breaker hears of: there was one."""
        self._told += 1
        if self._told > self._failed:
            self._note("takes the warehouse to be down, which works")

    def held_back(self) -> None:
        """Look at a delivery that the breaker does not let begin: the last merge has failed."""
        if not self._failed_in_a_row:
            self._note("begins nothing, although the warehouse works")

    def let_begin(self) -> None:
        """Note that the breaker lets a delivery begin, which may have waited for the state store before."""
        self._began_at = self._now()

    def asks(self) -> None:
        """Look at a request: none is of a delivery that began in the pause after a failed merge.

        The pause doubles with each further failure.
        """
        if not self._failed_in_a_row or self._began_at is None or _DELIVERY.get() is not self._delivery:
            return
        pause_s = min(FIRST_PAUSE_S * 2 ** (self._failed_in_a_row - 1), MAX_PAUSE_S)
        if self._failed_at <= self._began_at < self._failed_at + pause_s:
            self._note("reads what cannot be merged, a moment after the last merge failed")

    def _note(self, what: str) -> None:
        self._violations.append(f"{self._process} {what}")


class WatchedBreaker(WarehouseBreaker):
    """The breaker of an instance, whose watch sees what it is told and what it says."""

    def __init__(self, clock: Clock, watch: BreakerWatch) -> None:
        super().__init__(clock)
        self._watch = watch

    def ensure_closed(self) -> None:
        """Raise Unavailable if the warehouse has failed, unless it is time to try again."""
        try:
            super().ensure_closed()
        except Exception:
            self._watch.held_back()
            raise
        self._watch.let_begin()

    def failed(self) -> None:
        """Note that a merge has failed."""
        self._watch.told()
        super().failed()
