"""The row of a run that is over, from what is stored of it; and a run from its row."""

from dataclasses import dataclass
from datetime import datetime

from sendtrail.domain.work_item import WorkItem
from sendtrail.state.account_status import AccountStatus
from sendtrail.sync.runs.run_figures import RunFigures
from sendtrail.sync.runs.stored_run import Summary
from sendtrail.warehouse.rows import Batch, RunRow, Table

COMPLETE, INCOMPLETE, INTERRUPTED = "complete", "incomplete", "interrupted"
RUNS = "runs"


@dataclass(frozen=True, kw_only=True, slots=True)
class EndedRun:
    """A run of an account that is over; `unfinished` campaigns are left to the next one."""

    run_id: str
    organization_id: str
    began_at: datetime
    summary: Summary | None
    figures: RunFigures
    unfinished: int = 0


def figures_of_status(status: AccountStatus) -> RunFigures:
    """Return what a run took that many processes worked at, as the status of its account counts it."""
    used, ended_at = status.usage, status.ended_at if status.is_finished else None
    return RunFigures(
        ended_at=ended_at,
        seconds=None if ended_at is None else max((ended_at - status.last_run).total_seconds(), 0.0),
        requests=used.requests,
        contacts_requests=0,
        refused=used.throttled_requests,
        activities_read=used.activities_read,
        activities_new=used.activities_new,
        contacts_read=0,
        contacts_changed=0,
        unreadable_rows=used.unreadable_rows,
        failures=status.failures,
        interrupted=not status.is_finished,
        retries=used.retries,
        bytes_billed=used.bytes_billed or None,
    )


def run_row(run: EndedRun, *, now: datetime) -> RunRow:
    """Return the row of a run, written at `now`."""
    figures, summary = run.figures, run.summary
    return RunRow(
        organization_id=run.organization_id,
        run_id=run.run_id,
        began_at=run.began_at,
        ended_at=figures.ended_at,
        outcome=INTERRUPTED if figures.interrupted else INCOMPLETE if figures.failures else COMPLETE,
        campaigns=None if summary is None else summary.campaigns,
        due=None if summary is None else summary.due,
        failures=figures.failures,
        unfinished=run.unfinished,
        forecast_requests=None if summary is None else summary.expected_requests,
        requests=figures.requests,
        contacts_requests=figures.contacts_requests,
        throttled_requests=figures.refused,
        retries=figures.retries,
        activities_read=figures.activities_read,
        activities_new=figures.activities_new,
        unreadable_rows=figures.unreadable_rows,
        contacts_changed=figures.contacts_changed,
        bytes_billed=figures.bytes_billed,
        created_at=now,
    )


def run_batch(run: EndedRun, *, token: str, now: datetime) -> Batch:
    """Return the batch that stores a run."""
    item = WorkItem(organization_id=run.organization_id, subject=RUNS, run_id=run.run_id, sequence=1)
    return Batch(table=Table.RUNS, item=item, number=0, rows=[run_row(run, now=now)], delivery=token)
