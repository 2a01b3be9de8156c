"""BigQuery as all processes of a simulated cloud share it: the queue of each table, and whether it works at all."""

from collections import defaultdict
from collections.abc import Callable
from random import Random
from typing import Any

from sendtrail.gcp.bigquery_errors import JobFailed, StillQueued
from sendtrail.gcp.bigquery_jobs import REQUEST_S
from sendtrail.simulation.bigquery.table_queue import TableQueue, Turn
from sendtrail.simulation.engine.scheduler import Scheduler

WAITING_AT_MOST = (0, 1, 4)
BUSY_S = (60.0, 1_500.0)
"""How long statements of others keep a table busy: up to far longer than a delivery waits."""
REFUSED = {
    "reason": "quotaExceeded",
    "message": "Quota exceeded: Your table exceeded quota for total number of dml jobs writing to a table, "
    "pending + running",
}


class WarehouseService:
    """What is the same for whoever submits a job."""

    def __init__(self, scheduler: Scheduler, *, seed: int) -> None:
        self._scheduler = scheduler
        self._random = Random(f"{seed}: warehouse")
        waiting_at_most = self._random.choice(WAITING_AT_MOST)
        self._queues: dict[str, TableQueue] = defaultdict(lambda: TableQueue(waiting_at_most=waiting_at_most))
        self._is_out_until = 0.0

    @property
    def is_out(self) -> bool:
        """Return whether it takes no job."""
        return self._scheduler.now < self._is_out_until

    def break_down(self, *, lasts_s: float) -> None:
        """Take no job for a while."""
        self._is_out_until = max(self._is_out_until, self._scheduler.now + lasts_s)

    def keep_busy(self, table: str) -> None:
        """Let statements of others that change a table take all turns for a while."""
        self._queues[table].fill(until=self._scheduler.now + self._random.uniform(*BUSY_S))

    def submit(self, table: str | None, work: Callable[[], object], *, lasts_s: float) -> "SimulatedJob":
        """Return a job that does `work` in its turn at the `table` that it changes; None: it changes none.

        Raise what the request for it leads to: ConnectionError while it is out, JobFailed where too many wait.
        """
        if self.is_out:
            raise ConnectionError("the warehouse cannot be reached (simulated)")
        now = self._scheduler.now
        turn = self._queues[table].take_turn(now, lasts_s=lasts_s) if table else Turn(now, now + lasts_s)
        if turn is None:
            raise JobFailed(REFUSED, [])
        return SimulatedJob(self._scheduler, turn, work)


class SimulatedJob:
    """A job that was accepted: it does its work at the end of its turn, while somebody waits for it."""

    error_result = None

    def __init__(self, scheduler: Scheduler, turn: Turn, work: Callable[[], object]) -> None:
        self._scheduler, self._turn, self._work = scheduler, turn, work

    def done(self, *, timeout: float, **_: Any) -> bool:
        """Wait for the end for up to a request's time; raise StillQueued where it is the last one, before its turn."""
        self._scheduler.sleep(min(timeout, self._turn.ends_at - self._scheduler.now))
        if self._scheduler.now < self._turn.ends_at:
            if timeout < REQUEST_S and self._scheduler.now < self._turn.begins_at:
                raise StillQueued
            return False
        self._work()
        return True
