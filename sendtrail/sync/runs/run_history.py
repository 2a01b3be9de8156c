"""The latest runs of an account, as its state has them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sendtrail.ports import State
from sendtrail.state.documents import readable, run_path
from sendtrail.sync.forecast import list_requests
from sendtrail.sync.runs.run_figures import RunFigures
from sendtrail.sync.runs.stored_run import DISPATCH_LEASE, Run, Summary


@dataclass(frozen=True, kw_only=True, slots=True)
class PastRun:
    """A run of an account. `summary` is None where it did not come as far as to publish what is due.

    `figures` is None where the run goes on, was killed, or is that of several processes, which is so on Google Cloud.
    """

    run_id: str
    organization: str
    began_at: datetime
    summary: Summary | None
    figures: RunFigures | None

    @property
    def forecast_requests(self) -> int | None:
        """Return how many requests were to be expected, but for contacts; None where it is not known."""
        return None if self.summary is None else self.summary.forecast.requests + list_requests(self.summary.campaigns)

    @property
    def forecast_error(self) -> int | None:
        """Return by how many requests the forecast was too low (above 0) or too high; None where it is not known."""
        if self.figures is None or self.figures.interrupted or self.forecast_requests is None:
            return None
        return self.figures.requests - self.figures.contacts_requests - self.forecast_requests


def past_runs(state: State, organizations: Sequence[str], *, last: int) -> list[PastRun]:
    """Return the latest runs of some accounts, the newest first."""
    found = [run for run in _runs(state) if run.organization in organizations]
    return sorted(found, key=lambda run: (run.began_at, run.run_id, run.organization), reverse=True)[:last]


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
            for organization, lease in run.leases.items():
                yield PastRun(
                    run_id=run_id,
                    organization=organization,
                    began_at=lease - DISPATCH_LEASE,
                    summary=run.summaries.get(organization),
                    figures=run.figures.get(organization),
                )
