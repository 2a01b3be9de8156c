"""The warehouse of a simulated cloud as a process reaches it: slow at times, and its answers may be lost."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import TypeVar

from sendtrail.domain.contact import PassCounts
from sendtrail.domain.stored_counts import CountsOfReports
from sendtrail.domain.timestamp_meaning import TimestampEvidence
from sendtrail.errors import Unavailable
from sendtrail.ports import LeaseCheck, Warehouse, no_lease
from sendtrail.simulation.cloud.process import Process
from sendtrail.simulation.cloud.state_store import Documents
from sendtrail.simulation.engine.faults import Fault
from sendtrail.warehouse.rows import Batch

T = TypeVar("T")
JOB_S, SLOW_S = 2.0, 200.0


class SimulatedWarehouse:
    """Satisfies Warehouse for one process."""

    def __init__(
        self,
        process: Process,
        tables: Callable[[], Warehouse],
        documents: Documents,
        *,
        on_marked: Callable[[str], None],
    ) -> None:
        self._process, self._tables, self._documents = process, tables, documents
        self._on_marked = on_marked

    def merge(self, batch: Batch, /, *, check_lease: LeaseCheck = no_lease) -> int:
        """Merge a batch; return the rows inserted or changed."""
        what = f"merges {len(batch.rows)} into {batch.table}"

        def check() -> None:
            thawed_at = self._process.frozen_until
            check_lease()
            if self._process.frozen_until == thawed_at:  # nothing helps who freezes after the look
                self._documents.watch_merge(batch)

        return self._job(what, lambda: self._tables().merge(batch), check)

    def pass_counts(self, organization_id: str, *, pass_id: str, started_at: datetime) -> PassCounts:
        """Return what a pass means for the stored contacts."""
        return self._job(
            "queries", lambda: self._tables().pass_counts(organization_id, pass_id=pass_id, started_at=started_at)
        )

    def mark_vanished(
        self, organization_id: str, *, pass_id: str, seen: int, at: datetime, check_lease: LeaseCheck = no_lease
    ) -> int:
        """Mark the contacts that a complete pass did not see; return how many."""

        def mark() -> int:
            marked = self._tables().mark_vanished(organization_id, pass_id=pass_id, seen=seen, at=at)
            if marked:
                self._on_marked(organization_id)
            return marked

        return self._job("marks contacts", mark, check_lease)

    def forget_pass(self, organization_id: str, *, pass_id: str, check_lease: LeaseCheck = no_lease) -> None:
        """Forget whom a pass saw that is over."""
        self._job("forgets", lambda: self._tables().forget_pass(organization_id, pass_id=pass_id), check_lease)

    def timestamp_evidence(self, organization_id: str, *, since: date) -> Mapping[str, TimestampEvidence]:
        """Return what the times of an account's rows did while their counts grew."""
        return self._job("queries", lambda: self._tables().timestamp_evidence(organization_id, since=since))

    def stored_counts(self, organization_id: str, *, since: date) -> CountsOfReports:
        """Return how many rows are stored."""
        return self._job("queries", lambda: self._tables().stored_counts(organization_id, since=since))

    def _job(self, what: str, work: Callable[[], T], check_lease: LeaseCheck = no_lease) -> T:
        """Run a job: once accepted it is done, whatever becomes of the process that waits for it."""
        self._process.step(what)
        if self._process.faults.strikes(Fault.WAREHOUSE_UNAVAILABLE):
            raise Unavailable("the warehouse cannot be reached (simulated)")
        check_lease()
        self._process.scheduler.sleep(SLOW_S if self._process.faults.strikes(Fault.WAREHOUSE_SLOW) else JOB_S)
        result = work()
        self._process.step("job done")
        if self._process.faults.strikes(Fault.WAREHOUSE_ANSWER_LOST):
            raise Unavailable("the answer of the warehouse is lost (simulated)")
        return result
