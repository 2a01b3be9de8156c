"""BigQuery as a fleet sees it: jobs that take time, few MERGEs of a table at once, and what is billed for each."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from benchmarks.fleet.account import ROWS_A_PAGE
from benchmarks.fleet.clock import MIDNIGHT
from sendtrail.errors import Busy
from sendtrail.pricing.bigquery_bytes import billed
from sendtrail.simulation.engine.scheduler import Scheduler, Task

LOAD_S, STATEMENT_S = 3.0, 4.0
# https://cloud.google.com/bigquery/quotas#data-manipulation-language-statements
RUN_AT_ONCE, QUEUED_AT_MOST = 2, 20
# The adapter's pause before it submits a refused statement again, at its longest.
PAUSE_S = 16.0


class TableBusy(Busy):
    """A table that took no statement for as long as a delivery had time."""


@dataclass(kw_only=True)
class _Queue:
    """The statements that change one table."""

    running: int = 0
    waiting: list[Task] = field(default_factory=list)
    refused: int = 0
    """How many wait in their functions, as the queue is full."""
    most: int = 0


class BigQuery:
    """The tables that all accounts share; a row of activities stands for a page of them."""

    def __init__(self, scheduler: Scheduler, random: Random, *, daily: int) -> None:
        self._scheduler, self._random, self._daily = scheduler, random, daily
        self._queues: dict[str, _Queue] = defaultdict(_Queue)
        self._new: dict[str, Counter[date]] = defaultdict(Counter)
        self.rows: dict[str, Counter[tuple[int, str]]] = defaultdict(Counter)
        """By account: the rows of each campaign and event type."""
        self.seen: dict[tuple[str, str], set[str]] = defaultdict(set)
        """By account and pass: the contacts that it has seen."""
        self.statements: Counter[str] = Counter()
        self.bytes_billed: Counter[str] = Counter()
        self.loads = self.refusals = 0

    def plant(self, organization_id: str, rows: Mapping[tuple[int, str], int]) -> None:
        """Have rows stored from before the beginning."""
        self.rows[organization_id].update(rows)

    def most_at_once(self, table: str) -> int:
        """Return how many statements that change a table ran, waited or were refused at once, at the most."""
        return self._queues[table].most

    def load(self) -> None:
        """Load a staging table."""
        self.loads += 1
        self._scheduler.wait(LOAD_S)

    def query(self, path: str, read: Sequence[float]) -> None:
        """Run a statement that changes nothing."""
        self._bill(path, read)
        self._scheduler.wait(STATEMENT_S)

    def change(self, path: str, table: str, read: Sequence[float], *, seconds_left: Callable[[], float]) -> None:
        """Run a statement that changes a table, in its turn; raise TableBusy where that does not come in time."""
        queue = self._queues[table]
        self._enter(queue, seconds_left)
        try:
            self._bill(path, read)
            self._scheduler.wait(STATEMENT_S)
        finally:
            queue.running -= 1
            if queue.waiting:
                self._scheduler.wake(queue.waiting.pop(0))

    def stored(self, organization_id: str, *, since: date) -> int:
        """Return how many rows an account has stored from a day on; each day before the beginning has as many."""
        before = max(0, (MIDNIGHT.date() - since).days)
        new = self._new[organization_id]
        return before * self._daily + sum(rows for day, rows in new.items() if day >= since)

    def stored_between(self, organization_id: str, first: date, last: date) -> int:
        """Return how many rows are stored of some days."""
        return self.stored(organization_id, since=first) - self.stored(organization_id, since=last + timedelta(days=1))

    def add(self, organization_id: str, numbered: Mapping[tuple[int, str], list[tuple[int, date]]]) -> int:
        """Store rows by their numbers, each campaign's from 0 on without a gap; return how many were new."""
        rows, new, added = self.rows[organization_id], self._new[organization_id], 0
        for report, found in numbered.items():
            before = rows[report]
            fresh = {number: day for number, day in found if number >= before}
            new.update(fresh.values())
            added += len(fresh)
            rows[report] = max([before, *(number + 1 for number in fresh)])
        return added

    def _enter(self, queue: _Queue, seconds_left: Callable[[], float]) -> None:
        is_refused = False
        while queue.running >= RUN_AT_ONCE and len(queue.waiting) >= QUEUED_AT_MOST:
            queue.refused += not is_refused
            is_refused = True
            self.refusals += 1
            self._note(queue)
            pause_s = PAUSE_S * self._random.random()
            if seconds_left() <= pause_s:
                queue.refused -= 1
                raise TableBusy("too many statements of this table at once")
            self._scheduler.wait(pause_s)
        queue.refused -= is_refused
        if queue.running >= RUN_AT_ONCE:
            queue.waiting.append(self._scheduler.current)
            self._note(queue)
            self._scheduler.wait()
        queue.running += 1
        self._note(queue)

    def _note(self, queue: _Queue) -> None:
        queue.most = max(queue.most, queue.running + len(queue.waiting) + queue.refused)

    def _bill(self, path: str, read: Sequence[float]) -> None:
        self.statements[path] += 1
        self.bytes_billed[path] += billed(read)


def as_activities(rows: float) -> float:
    """Return how many activities rows of a fleet stand for."""
    return rows * ROWS_A_PAGE
