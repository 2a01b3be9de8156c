"""An account's rate budget in the state store, shared by every thread of every process that sends requests to it."""

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from sendtrail.clock import Clock
from sendtrail.domain.request_rate import Priority, RateLimit
from sendtrail.ports import State, Transaction
from sendtrail.rate_limit.gcra import LimitState, Reservation, backed_off, reserve, with_limit
from sendtrail.rate_limit.sliding_window import SlidingWindow
from sendtrail.state.documents import budget_path, from_document, to_document

T = TypeVar("T")

# A slot that is used later than this brings its request too close to the next one. A request that has missed
# `MAX_TRIES` slots is sent all the same.
MAX_LATENESS_S = 0.02
MAX_TRIES = 5
# A block grows by one slot for every so many slots that were used in time.
USED_PER_SLOT = 8
# How long to wait, at least, before giving way again to others that use up the account's limit.
GIVE_WAY_S = 1.0


class RateBudget:
    """Spaces the requests of one kind of work by `rate_limit`; all budgets of an account share one document.

    Up to `block` slots are reserved per transaction: 1 where a transaction costs nothing, a few seconds' worth where
    it does. Blocks grow while their slots are used and start at 1 again when one was missed, so that a delivery of two
    requests does not reserve ten slots. The budgets of an account in one process share its `sliding_window`.
    """

    def __init__(
        self,
        state: State,
        clock: Clock,
        *,
        organization_id: str,
        rate_limit: RateLimit,
        sliding_window: SlidingWindow,
        priority: Priority = Priority.INCREMENTAL,
        block: int = 1,
    ) -> None:
        self._state, self._clock = state, clock
        self._path = budget_path(organization_id)
        self._rate_limit, self._priority, self._sliding_window = rate_limit, priority, sliding_window
        self._interval = rate_limit.interval()
        self._lock = threading.Lock()
        self._slots = _ReservedSlots(max_block=block)
        self._waiting = 0
        self._known_limit: float | None = None
        self._gave_way_at = clock.monotonic() - GIVE_WAY_S

    @property
    def interval_s(self) -> float:
        """Return the time between two requests of the account."""
        return self._interval.total_seconds()

    def acquire(self) -> None:
        """Block until the next request may be sent."""
        for _ in range(MAX_TRIES):
            slot = self._wait_for_slot()
            if self._clock.monotonic() - slot <= MAX_LATENESS_S:
                break  # otherwise the machine was too busy to wake this thread in time
        self._sliding_window.wait()

    def back_off(self, retry_after_s: float, /) -> None:
        """Send no request of anybody for `retry_after_s` seconds, because the account answered 429."""
        delay = timedelta(seconds=retry_after_s)
        with self._lock:
            self._slots.clear()
            self._store(lambda state, now: backed_off(state, until=now + delay))

    def observe_limits(self, *, limit: float | None, remaining: int | None) -> None:
        """Record what an answer says about the limit: requests per second, and how many of them are left.

        A limit below the configured one applies to everybody from now on. Where a share is kept free for others and
        nothing is left all the same, the others use more than their share: everybody gives way by one slot.
        """
        if limit and limit != self._known_limit and self._matters(limit):
            self._known_limit = limit
            self._store(lambda state, now: with_limit(state, limit=limit, now=now))
        if remaining == 0 and self._rate_limit.share_kept_free > 0:
            self._give_way()

    def _matters(self, limit: float) -> bool:
        return self._known_limit is not None or limit < self._rate_limit.requests_per_second

    def _give_way(self) -> None:
        now = self._clock.monotonic()
        if now - self._gave_way_at < GIVE_WAY_S:
            return
        self._gave_way_at = now
        self._store(
            lambda state, now: backed_off(state, until=max(state.next_free if state else now, now) + self._interval)
        )

    def _wait_for_slot(self) -> float:
        self._waiting += 1  # an estimate of how many slots are wanted: it need not be exact
        try:
            with self._lock:
                slot = self._next_slot()
        finally:
            self._waiting -= 1
        self._clock.sleep(slot - self._clock.monotonic())
        return slot

    def _next_slot(self) -> float:
        while (slot := self._slots.take(self._clock.monotonic())) is None:
            reservation, wait_s = self._reserve(self._slots.wanted(self._waiting))
            if not reservation.count:  # incremental work is active; the lock makes other background work wait as well
                self._clock.sleep(wait_s)
                continue
            start, interval_s = self._clock.monotonic() + wait_s, reservation.interval.total_seconds()
            self._slots.add([start + n * interval_s for n in range(reservation.count)])
        return slot

    def _reserve(self, count: int) -> tuple[Reservation, float]:
        def work(transaction: Transaction) -> tuple[Reservation, LimitState, float]:
            before, now = self._read(transaction), transaction.now
            granted, after = reserve(before, count=count, rate_limit=self._rate_limit, priority=self._priority, now=now)
            if after != before:
                transaction.set(self._path, to_document(after))
            # The wait is a difference of times of the store's clock; this machine's clock only counts it down.
            return granted, after, (granted.first - now).total_seconds()

        reservation, state, wait_s = self._state.transact(work)
        self._interval, self._known_limit = reservation.interval, state.limit
        return reservation, wait_s

    def _store(self, change: Callable[[LimitState | None, datetime], LimitState]) -> None:
        def work(transaction: Transaction) -> None:
            transaction.set(self._path, to_document(change(self._read(transaction), transaction.now)))

        self._state.transact(work)

    def _read(self, transaction: Transaction) -> LimitState | None:
        document = transaction.get(self._path)
        return None if document is None else from_document(LimitState, document)


@dataclass(kw_only=True)
class _ReservedSlots:
    """The slots that this budget has reserved, on the monotonic clock, and how many to reserve next."""

    max_block: int
    _slots: deque[float] = field(default_factory=deque)
    _used: int = 0

    def take(self, now: float) -> float | None:
        """Return the next slot that is not yet missed."""
        while self._slots and self._slots[0] < now - MAX_LATENESS_S:
            self._slots.popleft()
            self._used = 0
        if not self._slots:
            return None
        self._used += 1
        return self._slots.popleft()

    def wanted(self, waiting: int) -> int:
        """Return how many slots to reserve for `waiting` threads: more, the longer none was missed."""
        return min(self.max_block, max(waiting, self._used // USED_PER_SLOT, 1))

    def add(self, slots: list[float]) -> None:
        """Add slots that were reserved."""
        self._slots.extend(slots)

    def clear(self) -> None:
        """Give up all slots."""
        self._slots.clear()
