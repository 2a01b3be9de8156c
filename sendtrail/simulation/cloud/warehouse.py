"""The warehouse of a simulated cloud as a process reaches it: slow at times, and its answers may be lost."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import partial
from typing import Any, TypeVar, cast

from sendtrail.domain.contact import PassCounts
from sendtrail.domain.stored_counts import CountsOfReports
from sendtrail.domain.timestamp_meaning import TimestampEvidence
from sendtrail.entrypoints.runtime import seconds_left
from sendtrail.errors import Unavailable
from sendtrail.gcp.bigquery_errors import JobFailed
from sendtrail.gcp.bigquery_jobs import Job, Jobs
from sendtrail.ports import LeaseCheck, Warehouse, no_lease
from sendtrail.simulation.bigquery.breaker_watch import BreakerWatch
from sendtrail.simulation.bigquery.stored_activities import stored_activities
from sendtrail.simulation.bigquery.warehouse_service import SimulatedJob, WarehouseService
from sendtrail.simulation.cloud.process import Process, ProcessClock
from sendtrail.simulation.cloud.state_store import Documents
from sendtrail.simulation.engine.faults import Fault
from sendtrail.sync.pairing.row_counts import RowCount, TableLook
from sendtrail.warehouse.rows import Batch, Table

T = TypeVar("T")
JOB_S, SLOW_S = 2.0, 200.0


class SimulatedWarehouse:
    """Satisfies Warehouse and StoredActivities for one process, which submits and retries jobs as those of BigQuery."""

    def __init__(
        self,
        process: Process,
        service: WarehouseService,
        tables: Callable[[], Warehouse],
        documents: Documents,
        *,
        watch: BreakerWatch,
        on_marked: Callable[[str, int], None],
    ) -> None:
        self._process, self._service, self._tables, self._documents = process, service, tables, documents
        self._watch, self._on_marked = watch, on_marked
        clock = ProcessClock(process)
        no_client = cast("Any", None)  # whatever is submitted is answered
        self._jobs = Jobs(no_client, clock=clock, seconds_left=seconds_left(clock))

    def merge(self, batch: Batch, /, *, check_lease: LeaseCheck = no_lease) -> int:
        """Merge a batch; return the rows inserted or changed."""
        what = f"merges {len(batch.rows)} into {batch.table}"

        def check() -> None:
            thawed_at = self._process.frozen_until
            check_lease()
            is_restored = self._process.scheduler.now < self._documents.unwatched_until
            # Nothing helps who freezes after the look, or whose lease an older copy of the state does not have.
            if self._process.frozen_until == thawed_at and not is_restored:
                self._documents.watch_merge(batch)

        submission = _Submission(check)
        try:
            merged = self._job(what, lambda: self._tables().merge(batch), submission, table=batch.table)
        except Unavailable:
            if not submission.is_held_up:
                self._watch.merge_failed()
            raise
        self._watch.merged()
        return merged

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
                self._on_marked(organization_id, marked)
            return marked

        return self._job("marks contacts", mark, _Submission(check_lease), table=Table.CONTACTS)

    def forget_pass(self, organization_id: str, *, pass_id: str, check_lease: LeaseCheck = no_lease) -> None:
        """Forget whom a pass saw that is over."""
        self._job(
            "forgets", lambda: self._tables().forget_pass(organization_id, pass_id=pass_id), _Submission(check_lease)
        )

    def timestamp_evidence(self, organization_id: str, *, since: date) -> Mapping[str, TimestampEvidence]:
        """Return what the times of an account's rows did while their counts grew."""
        return self._job("queries", lambda: self._tables().timestamp_evidence(organization_id, since=since))

    def stored_counts(self, organization_id: str, *, since: date) -> CountsOfReports:
        """Return how many rows are stored."""
        return self._job("queries", lambda: self._tables().stored_counts(organization_id, since=since))

    def look(self) -> TableLook:
        """Return what the metadata of the table of activities says."""
        self._process.step("looks at the table")
        return stored_activities(self._tables()).look()

    def counts(self, *, since: date, lasting_since: date) -> Mapping[str, Mapping[int, RowCount]]:
        """Return the rows of every campaign by organization, from two days on."""
        stored = stored_activities(self._tables())
        return self._job("counts rows", lambda: stored.counts(since=since, lasting_since=lasting_since))

    def _job(
        self, what: str, work: Callable[[], T], submission: "_Submission | None" = None, *, table: Table | None = None
    ) -> T:
        """Run a job, which changes a `table` or none; its answer may be lost. Once accepted, it takes its turn."""
        faults, results = self._process.faults, list[T]()
        self._process.step(what)
        self._perhaps(Fault.WAREHOUSE_UNAVAILABLE, "the warehouse cannot be reached (simulated)")
        if table is not None and faults.strikes(Fault.TABLE_BUSY):
            self._service.keep_busy(table)
        lasts_s = SLOW_S if faults.strikes(Fault.WAREHOUSE_SLOW) else JOB_S
        job = partial(self._service.submit, table, lambda: results.append(work()), lasts_s=lasts_s)
        submit = (submission or _Submission(no_lease)).submit
        self._jobs.run(what, lambda _id, _timeout_s: submit(job))
        self._process.step("job done")
        self._perhaps(Fault.WAREHOUSE_ANSWER_LOST, "the answer of the warehouse is lost (simulated)")
        return results[0]

    def _perhaps(self, kind: Fault, what: str) -> None:
        if self._process.faults.strikes(kind):
            raise Unavailable(what)


class _Submission:
    """The attempts to submit one job, each after a look at the lease.

    `is_held_up` if the latest was no failure of the warehouse: others were before it, or nobody could tell whose the
    work is.
    """

    def __init__(self, check_lease: LeaseCheck) -> None:
        self._check_lease = check_lease
        self.is_held_up = False

    def submit(self, job: Callable[[], SimulatedJob]) -> Job:
        """Submit the job; raise JobFailed where others are before it."""
        self.is_held_up = True
        self._check_lease()
        self.is_held_up = False
        try:
            return cast("Job", job())
        except JobFailed:
            self.is_held_up = True
            raise
