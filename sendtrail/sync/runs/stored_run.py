"""A run of the dispatcher as stored: `runs/{run_id}`, by which a run that is dispatched twice is known as the same.

Beginning it stores what was asked for as well, before anything else is done. A run that has to wait for those of other
accounts has that stored earlier.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sendtrail.delivery.services import Services
from sendtrail.delivery.usage_meter import take_usage
from sendtrail.domain.wants import NO_WANTS, StillWanted, Wants
from sendtrail.errors import BadDocument, LeaseHeld
from sendtrail.ports import State, Transaction
from sendtrail.state.documents import from_document, run_path, to_document
from sendtrail.state.run_usage import NO_USAGE, RunUsage
from sendtrail.state.stored_wants import add_wants, drop_wants
from sendtrail.sync.due import Request
from sendtrail.sync.forecast import NOTHING, Forecast, list_requests
from sendtrail.sync.runs.account_failure import end_failure
from sendtrail.sync.runs.run_figures import RunFigures
from sendtrail.sync.subjects.subject_lines import NO_SUBJECT_LINES, SubjectLines

RUNS_ARE_KEPT = timedelta(days=90)
DISPATCH_LEASE = timedelta(minutes=3)


@dataclass(frozen=True, kw_only=True, slots=True)
class Summary:
    """What a run asked for: campaigns in the account, those due, and messages published (contacts included).

    `forecast` is what the campaigns that are due will take; `unknown` are those that were asked for by id and are not
    in the account; `still_wanted` is what earlier runs were asked for, is not done, and goes on, `left_wanted` the same
    of campaigns that this run was not asked for. `subjects` is what came of reading subject lines.
    """

    run_id: str
    organization_id: str
    campaigns: int
    due: int
    published: int
    forecast: Forecast = NOTHING
    unknown: Sequence[int] = ()
    still_wanted: Sequence[StillWanted] = ()
    left_wanted: Sequence[StillWanted] = ()
    subjects: SubjectLines = NO_SUBJECT_LINES

    @property
    def expected_requests(self) -> int:
        """Return how many requests were to be expected when it was dispatched, but for contacts."""
        return self.forecast.requests + list_requests(self.campaigns)


@dataclass(frozen=True, kw_only=True, slots=True)
class FailedRun:
    """When and why a run of an account ended before it knew what is due."""

    at: datetime
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    """A run as stored: who dispatches each account's until when, and what came of it. It vanishes at `expires_at`.

    `figures` is what it took, by account, where one process did all of it; `usage` what its dispatch alone took.
    `failed` has the accounts whose latest attempt at it came to nothing.
    """

    expires_at: datetime
    leases: Mapping[str, datetime]
    summaries: Mapping[str, Summary]
    figures: Mapping[str, RunFigures] = field(default_factory=dict)
    usage: Mapping[str, RunUsage] = field(default_factory=dict)
    failed: Mapping[str, FailedRun] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Begun:
    """A run that has begun: what was asked for, the same with all that is wanted, and what was wanted before.

    `problem` is why nobody knows what was wanted before.
    """

    asked: Request
    request: Request
    wants_before: Wants
    problem: str = ""


def begin_run(request: Request, services: Services) -> Summary | Begun:
    """Begin a run and store what it was asked for, in one commit; return the summary of one that was dispatched before.

    The account is asked later: it may refuse the key. Raise LeaseHeld while another dispatcher is at the same run.
    """

    def work(transaction: Transaction) -> Summary | Begun:
        return _open(transaction, request) or _with_wants(transaction, request)

    return services.state.transact(work)


def store_ask(request: Request, state: State) -> None:
    """Store what a run is going to be asked for, before it begins: the run stores it again, which changes nothing."""
    state.transact(lambda transaction: _replace_wants(transaction, request))


def close_run(summary: Summary, services: Services) -> None:
    """Store the summary of a run, which is not dispatched again from then on, and what its dispatch took."""
    used, organization_id = take_usage(), summary.organization_id

    def work(transaction: Transaction) -> None:
        run = read_run(transaction, summary.run_id)
        usage = run.usage.get(organization_id, NO_USAGE).plus(used)
        run = replace(
            run,
            summaries={**run.summaries, organization_id: summary},
            usage={**run.usage, organization_id: usage},
        )
        if organization_id in run.failed:
            end_failure(transaction, organization_id, run_id=summary.run_id)
        transaction.set(run_path(summary.run_id), to_document(run))

    services.state.transact(work)


def store_figures(run_id: str, organization_id: str, figures: RunFigures, state: State) -> None:
    """Store what a run of an account took."""

    def work(transaction: Transaction) -> None:
        run = read_run(transaction, run_id)
        run = replace(run, figures={**run.figures, organization_id: figures})
        transaction.set(run_path(run_id), to_document(run))

    state.transact(work)


def _open(transaction: Transaction, request: Request) -> Summary | None:
    run, now, organization_id = read_run(transaction, request.run_id), transaction.now, request.organization_id
    if organization_id in run.summaries:
        return run.summaries[organization_id]
    if now < run.leases.get(organization_id, now) <= now + 2 * DISPATCH_LEASE:  # a later one: a clock was wrong
        raise LeaseHeld("this run is being dispatched already; ask again in a few minutes")
    run = replace(run, leases={**run.leases, organization_id: now + DISPATCH_LEASE})
    transaction.set(run_path(request.run_id), to_document(run))
    return None


def _with_wants(transaction: Transaction, request: Request) -> Begun:
    """Store what is asked for, and return the request with all that is wanted.

    Wants that cannot be read cost only what was asked for earlier; whoever asks for more is told.
    """
    if request.campaign_ids == frozenset():
        return Begun(asked=request, request=request, wants_before=NO_WANTS)
    try:
        before, wants = _replace_wants(transaction, request)
    except BadDocument as error:
        if request.ask is not None or request.drop_wants:
            raise
        return Begun(asked=request, request=request, wants_before=NO_WANTS, problem=str(error))
    wanted = replace(request, since=None, force=False, wants=wants)
    return Begun(asked=request, request=wanted, wants_before=before)


def _replace_wants(transaction: Transaction, request: Request) -> tuple[Wants, Wants]:
    """Store what is asked for, in the place of all that was wanted where that is dropped; return both."""
    if request.drop_wants:
        drop_wants(transaction, request.organization_id)
    return add_wants(transaction, request.organization_id, request.ask)


def read_run(transaction: Transaction, run_id: str) -> Run:
    """Return a run as it is stored, a new one where it is not."""
    document = transaction.get(run_path(run_id))
    if document is None:
        return Run(expires_at=transaction.now + RUNS_ARE_KEPT, leases={}, summaries={})
    return from_document(Run, document)
