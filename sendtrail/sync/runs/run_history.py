"""The latest runs of an account, as its state has them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from sendtrail.delivery.lease import read_checkpoint
from sendtrail.errors import BadDocument
from sendtrail.ports import State
from sendtrail.state.account_status import AccountStatus, read_status
from sendtrail.state.documents import contacts_path, readable, run_path
from sendtrail.sync.campaign_checkpoints import checkpoints_of
from sendtrail.sync.runs.run_figures import RunFigures
from sendtrail.sync.runs.stored_run import DISPATCH_LEASE, Run, Summary


class Stage(StrEnum):
    """How far a run has come, as far as that is known."""

    NOT_DISPATCHED = "not dispatched"  # it has not come as far as to publish what is due
    FAILED = "failed"  # the same, and it is known why
    DISPATCHED = "dispatched"  # what became of it is not known
    RUNNING = "running"
    INTERRUPTED = "interrupted"
    ENDED = "ended"


@dataclass(frozen=True, kw_only=True, slots=True)
class PastRun:
    """A run of an account. `summary` is None where it did not come as far as to publish what is due.

    `figures` is None where the run goes on, was killed, or is that of several processes, which is so on Google Cloud.
    `failures` is how much is missing after a run that has ended, `reason` why it failed altogether.
    """

    run_id: str
    organization: str
    began_at: datetime
    summary: Summary | None
    figures: RunFigures | None
    stage: Stage = Stage.DISPATCHED
    failures: int = 0
    reason: str = ""

    @property
    def forecast_requests(self) -> int | None:
        """Return how many requests were to be expected, but for contacts; None where it is not known."""
        return None if self.summary is None else self.summary.expected_requests

    @property
    def forecast_error(self) -> int | None:
        """Return by how many requests the forecast was too low (above 0) or too high; None where it is not known."""
        if self.figures is None or self.figures.interrupted or self.forecast_requests is None:
            return None
        return self.figures.requests - self.figures.contacts_requests - self.forecast_requests


def past_runs(state: State, organizations: Sequence[str], *, last: int, is_shared: bool = False) -> list[PastRun]:
    """Return the latest runs of some accounts, the newest first.

    `is_shared`: many processes share the work of a run, so that none of them knows what became of all of it.
    """
    found = [run for run in _runs(state) if run.organization in organizations]
    found.sort(key=lambda run: (run.began_at, run.run_id, run.organization), reverse=True)
    latest = {run.organization: run.run_id for run in reversed(found)}
    return [
        _with_stage(run, state, is_latest=run.run_id == latest[run.organization], is_shared=is_shared)
        for run in found[:last]
    ]


def _with_stage(run: PastRun, state: State, *, is_latest: bool, is_shared: bool) -> PastRun:
    """Return a run with how far it has come: one that is not the latest does not go on."""
    if run.figures is not None:
        stage = Stage.INTERRUPTED if run.figures.interrupted else Stage.ENDED
        return replace(run, stage=stage, failures=run.figures.failures)
    if run.summary is None:
        return replace(run, stage=Stage.FAILED if run.reason else Stage.NOT_DISPATCHED)
    status = _status(run.organization, state) if is_latest and is_shared else None
    if status is not None and status.run_id == run.run_id and status.is_finished:
        return replace(run, stage=Stage.ENDED, failures=status.failures)
    if is_latest and _is_held(run.organization, state):
        return replace(run, stage=Stage.RUNNING)
    return replace(run, stage=Stage.DISPATCHED if is_shared else Stage.INTERRUPTED)


def _status(organization_id: str, state: State) -> AccountStatus | None:
    try:
        return state.transact(lambda transaction: read_status(transaction, organization_id))
    except BadDocument:  # `status` says what is wrong with it
        return None


def _is_held(organization_id: str, state: State) -> bool:
    """Return whether a worker is at an account: has a lease that has not passed, on a campaign or the contacts."""
    path = contacts_path(organization_id)
    now = state.transact(lambda transaction: (transaction.get(path), transaction.now))[1]
    try:
        contacts = state.transact(lambda transaction: read_checkpoint(transaction, path))
    except BadDocument:
        contacts = None
    campaigns = checkpoints_of(organization_id, state).readable.values()
    return any(each.is_held(now) for each in (*campaigns, contacts) if each)


def figures_of_run(run_id: str, organization_id: str, state: State) -> RunFigures | None:
    """Return what a run of an account took, None where that is not known."""
    path = run_path(run_id)
    document = state.transact(lambda transaction: transaction.get(path))
    run = None if document is None else readable(Run, document, path=path)
    return None if run is None else run.figures.get(organization_id)


def _runs(state: State) -> Iterator[PastRun]:
    for run_id, document in state.children(run_path("").rstrip("/")):
        run = readable(Run, document, path=run_path(run_id))
        if run is not None:
            for organization in dict.fromkeys((*run.leases, *run.failed)):
                yield _past_run(run_id, organization, run)


def _past_run(run_id: str, organization: str, run: Run) -> PastRun:
    lease, failed = run.leases.get(organization), run.failed.get(organization)
    moments = ([lease - DISPATCH_LEASE] if lease else []) + ([failed.at] if failed else [])
    return PastRun(
        run_id=run_id,
        organization=organization,
        began_at=moments[0],
        summary=run.summaries.get(organization),
        figures=run.figures.get(organization),
        reason=failed.reason if failed else "",
    )
