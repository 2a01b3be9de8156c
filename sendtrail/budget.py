"""The account's rate budget: a GCRA ("next free slot") in the state store, shared by every process that asks it.

https://en.wikipedia.org/wiki/Generic_cell_rate_algorithm
"""

import threading
from collections import deque
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sendtrail.clock import Clock
from sendtrail.documents import budget_path, from_document, to_document
from sendtrail.ports import State, Transaction

# A strict sliding window of 1 s sees n + 1 requests of n a second as soon as the network bunches them by more than
# this share of the window.
HEADROOM = 0.08
# A slot used later than this brings its request too close to the next one.
LATEST_USE_S = 0.02


@dataclass(frozen=True, kw_only=True, slots=True)
class Slots:
    """The budget as stored: the first moment that nobody has reserved."""

    next_free: datetime


def reserve(slots: Slots | None, *, count: int, interval: timedelta, now: datetime) -> tuple[datetime, Slots]:
    """Return the time of the first of `count` slots, `interval` apart, and what is left after them."""
    first = now if slots is None else max(now, slots.next_free)
    return first, Slots(next_free=first + count * interval)


def pushed_back(slots: Slots | None, *, until: datetime) -> Slots:
    """Return the budget with nothing free before `until`."""
    return Slots(next_free=until) if slots is None else replace(slots, next_free=max(slots.next_free, until))


class RateBudget:
    """Lets requests of all threads and processes leave `requests_per_second` apart, with headroom.

    `block` slots are reserved at a time: 1 where a transaction costs nothing, a few seconds' worth where it does.
    """

    def __init__(
        self, state: State, clock: Clock, *, organization_id: str, requests_per_second: float, block: int = 1
    ) -> None:
        self._state, self._clock = state, clock
        self._path = budget_path(organization_id)
        self._interval_s = (1 + HEADROOM) / requests_per_second
        self._block = block
        self._lock = threading.Lock()
        self._slots: deque[float] = deque()

    def take(self) -> None:
        """Return when the next request may leave."""
        with self._lock:
            slot = self._next_slot()
        self._clock.sleep(slot - self._clock.monotonic())

    def push_back(self, retry_after_s: float, /) -> None:
        """Let nobody ask for `retry_after_s` seconds: the account has said 429."""
        delay = timedelta(seconds=retry_after_s)

        def work(transaction: Transaction) -> None:
            slots = pushed_back(self._read(transaction), until=transaction.now + delay)
            transaction.set(self._path, to_document(slots))

        with self._lock:
            self._slots.clear()
            self._state.transact(work)

    def _next_slot(self) -> float:
        earliest = self._clock.monotonic() - LATEST_USE_S
        while self._slots and self._slots[0] < earliest:
            self._slots.popleft()
        if not self._slots:
            self._slots.extend(self._reserve())
        return self._slots.popleft()

    def _reserve(self) -> list[float]:
        interval = timedelta(seconds=self._interval_s)

        def work(transaction: Transaction) -> float:
            first, slots = reserve(self._read(transaction), count=self._block, interval=interval, now=transaction.now)
            transaction.set(self._path, to_document(slots))
            return (first - transaction.now).total_seconds()

        wait_s = self._state.transact(work)  # the store's clock says how long; ours only counts it down
        start = self._clock.monotonic() + wait_s
        return [start + n * self._interval_s for n in range(self._block)]

    def _read(self, transaction: Transaction) -> Slots | None:
        document = transaction.get(self._path)
        return None if document is None else from_document(Slots, document)
