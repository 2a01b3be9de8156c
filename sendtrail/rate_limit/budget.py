"""An account's rate budget in the state store, shared by every thread of every process that sends requests to it."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from sendtrail import threads
from sendtrail.clock import Clock
from sendtrail.domain.request_rate import Priority, RateLimit
from sendtrail.ports import State
from sendtrail.rate_limit.gcra import LimitState, Reservation, backed_off, reserve, with_limit
from sendtrail.rate_limit.reserved_slots import MAX_LATENESS_S, ReservedSlots
from sendtrail.rate_limit.sliding_window import SlidingWindow
from sendtrail.rate_limit.store_clock import StoreClock
from sendtrail.rate_limit.stored_limit import StoredLimit

logger = logging.getLogger(__name__)

# A request that has missed so many slots is sent all the same.
MAX_TRIES = 5
# An answer is not expected to take longer.
MAX_ANSWER_S = 1.0
# How long to wait, at least, before giving way again to others that use up the account's limit.
GIVE_WAY_S = 1.0
# How long before a request is sent it is looked, at the latest, whether it may be: time enough for an answer.
LOOK_AHEAD_S = 0.25
# A longer wait is logged.
SILENT_WAIT_S = 30.0


def do_nothing() -> None:
    """Let every request be sent."""


class RateBudget:
    """Spaces the requests of one kind of work by `rate_limit`; all budgets of an account share one document.

    Up to `block` slots are reserved per transaction: 1 where a transaction costs nothing, a few seconds' worth where
    it does. Blocks grow while their slots are used and start at 1 again when one was missed, so that a delivery of two
    requests does not reserve ten slots. The budgets of an account in one process share its `sliding_window`.
    `before_request` is called before each request, and again after a wait; what it raises keeps the request back.
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
        before_request: Callable[[], None] = do_nothing,
    ) -> None:
        self._before_request = before_request
        self._clock, self._organization_id = clock, organization_id
        self._stored = StoredLimit(state, organization_id=organization_id, rate_limit=rate_limit)
        self._rate_limit, self._priority, self._sliding_window = rate_limit, priority, sliding_window
        self._interval = rate_limit.interval()
        self._lock = threads.lock()
        self._slots = ReservedSlots(max_block=block)
        self._store_clock = StoreClock()
        self._answer_s = 0.0
        self._waiting = 0
        self._known_limit: float | None = None
        self._gave_way_at = clock.monotonic() - GIVE_WAY_S
        self._wait_logged_until = clock.monotonic()

    @property
    def interval_s(self) -> float:
        """Return the time between two requests of the account."""
        return self._interval.total_seconds()

    def acquire(self) -> None:
        """Block until the next request may be sent."""
        self._before_request()
        for _ in range(MAX_TRIES):
            latest = self._wait_for_slot() + MAX_LATENESS_S
            if self._sliding_window.wait(latest=latest):
                return  # otherwise the machine was too busy to wake this thread in time, or did nothing for a while
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
        if (wait_s := slot - LOOK_AHEAD_S - self._clock.monotonic()) > 0:
            self._clock.sleep(wait_s)
        self._before_request()
        self._clock.sleep(slot - self._clock.monotonic())
        return slot

    def _next_slot(self) -> float:
        while (slot := self._slots.take(self._clock.monotonic())) is None:
            reservation = self._reserve(self._slots.wanted(self._waiting))
            if not self._store_clock.is_known:
                self._learn_store_clock()
                continue  # the answer took long, by which those slots may be used up
            start, interval_s = self._store_clock.monotonic(reservation.first), reservation.interval.total_seconds()
            self._log_long_wait(start - self._clock.monotonic())
            if not reservation.count:  # incremental work is active; the lock makes other background work wait as well
                self._clock.sleep(start - self._clock.monotonic())
                continue
            self._slots.add([start + n * interval_s for n in range(reservation.count)])
        return slot

    def _learn_store_clock(self) -> None:
        while not self._store_clock.is_known:
            asked_at, shown = self._clock.monotonic(), self._stored.now()
            self._store_clock.observe(shown, asked_at=asked_at, read_at=self._clock.monotonic())

    def _reserve(self, count: int) -> Reservation:
        asked_at = self._clock.monotonic()

        def change(before: LimitState | None, now: datetime) -> tuple[Reservation, LimitState]:
            nonlocal asked_at
            read_at = self._clock.monotonic()
            self._store_clock.observe(now, asked_at=asked_at, read_at=read_at)
            asked_at = read_at  # of the next attempt, if this one meets another process
            return reserve(
                before,
                count=count,
                rate_limit=self._rate_limit,
                priority=self._priority,
                now=now,
                answer=timedelta(seconds=self._answer_s),
            )

        reservation, state = self._stored.transact(change)
        self._answer_s = min(max(self._clock.monotonic() - asked_at, self._answer_s / 2), MAX_ANSWER_S)
        self._interval, self._known_limit = reservation.interval, state.limit
        return reservation

    def _store(self, change: Callable[[LimitState | None, datetime], LimitState]) -> None:
        self._stored.transact(lambda state, now: (None, change(state, now)))

    def _log_long_wait(self, wait_s: float) -> None:
        now = self._clock.monotonic()
        if wait_s > SILENT_WAIT_S and now >= self._wait_logged_until:
            self._wait_logged_until = now + wait_s
            logger.warning(
                "the next request to the account of %s is sent in %.0f s: it asked for a pause, or its rate limit is"
                " used until then",
                self._organization_id,
                wait_s,
            )
