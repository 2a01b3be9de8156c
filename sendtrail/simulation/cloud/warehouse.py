"""The warehouse of a simulated cloud as a process reaches it: slow at times, and its answers may be lost."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import TypeVar

from sendtrail.domain.timestamp_meaning import TimestampEvidence
from sendtrail.errors import Unavailable
from sendtrail.simulation.cloud.memory_warehouse import MemoryWarehouse
from sendtrail.simulation.cloud.process import Process
from sendtrail.simulation.engine.faults import Fault
from sendtrail.warehouse.rows import Batch

T = TypeVar("T")
JOB_S, SLOW_S = 2.0, 200.0


class SimulatedWarehouse:
    """Satisfies Warehouse for one process."""

    def __init__(self, process: Process, tables: MemoryWarehouse) -> None:
        self._process, self._tables = process, tables

    def merge(self, batch: Batch, /) -> int:
        """Merge a batch; return the rows inserted or changed."""
        return self._job(f"merges {len(batch.rows)} into {batch.table}", lambda: self._tables.merge(batch))

    def mark_vanished(self, organization_id: str, *, pass_id: str, at: datetime) -> int:
        """Mark the contacts that a pass did not see; return how many."""
        return self._job("marks contacts", lambda: self._tables.mark_vanished(organization_id, pass_id=pass_id, at=at))

    def timestamp_evidence(self, organization_id: str, *, since: date) -> Mapping[str, TimestampEvidence]:
        """Return what the times of an account's rows did while their counts grew."""
        return self._job("queries", lambda: self._tables.timestamp_evidence(organization_id, since=since))

    def _job(self, what: str, work: Callable[[], T]) -> T:
        """Run a job: once accepted it is done, whatever becomes of the process that waits for it."""
        self._process.step(what)
        if self._process.faults.strikes(Fault.WAREHOUSE_UNAVAILABLE):
            raise Unavailable("the warehouse cannot be reached (simulated)")
        self._process.scheduler.sleep(SLOW_S if self._process.faults.strikes(Fault.WAREHOUSE_SLOW) else JOB_S)
        result = work()
        self._process.step("job done")
        if self._process.faults.strikes(Fault.WAREHOUSE_ANSWER_LOST):
            raise Unavailable("the answer of the warehouse is lost (simulated)")
        return result
