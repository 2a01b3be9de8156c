"""How an account's syncs are going, as its state says it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeVar

from sendtrail.delivery.checkpoint import Checkpoint, Status
from sendtrail.delivery.lease import read_checkpoint
from sendtrail.domain.wants import NO_WANTS, StillWanted, Wants, listed
from sendtrail.errors import BadDocument
from sendtrail.ports import State, Transaction
from sendtrail.state.account_pause import AccountPause, read_pause
from sendtrail.state.account_status import AccountStatus, read_status
from sendtrail.state.documents import contacts_path
from sendtrail.state.stored_wants import read_wants
from sendtrail.sync.campaign_checkpoints import Checkpoints, checkpoints_of
from sendtrail.sync.overview.failures import Failed, failures_of, given_up
from sendtrail.sync.runs.account_failure import AccountFailure, read_failure
from sendtrail.sync.runs.run_figures import RunFigures
from sendtrail.sync.runs.run_history import figures_of_run
from sendtrail.sync.sync_record import read_record

T = TypeVar("T")


class Activity(StrEnum):
    """What is going on with an account."""

    PAUSED = "paused"
    RUNNING = "running"
    IDLE = "idle"
    NEVER = "never synced"


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredState:
    """What the state holds of an account; documents that cannot be read are named in `problems`, by what they are."""

    status: AccountStatus | None
    pause: AccountPause
    wants: Wants
    contacts: Checkpoint | None
    checkpoints: Checkpoints
    account_failure: AccountFailure | None
    problems: Mapping[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class AccountOverview:
    """How an account is.

    `last_success` is when the latest run began that looked at all campaigns and left nothing undone. `left` of `total`
    campaigns of the last run have not ended; `due` are those that the next run publishes whatever the account says.
    `unsettled` reports, `rows_short` rows together, hold less than the account counts. `unreadable_rows` is None where
    the warehouse could not be asked. `running_s` is how long ago the last run began, `figures` what it took, where one
    process did all of it. `failed` is what the account's latest run failed with, if it got nothing done.
    """

    organization: str
    activity: Activity
    last_run: datetime | None
    last_success: datetime | None
    age_s: float | None
    total: int
    left: int
    due: int
    wanted: Sequence[StillWanted]
    unsettled: int
    rows_short: int
    contacts_synced_at: datetime | None
    failures: Sequence[Failed]
    paused_since: datetime | None = None
    pause_reason: str = ""
    running_s: float | None = None
    unreadable_rows: int | None = None
    figures: RunFigures | None = None
    run_id: str | None = None
    failed: AccountFailure | None = None

    @property
    def left_s(self) -> float | None:
        """Return how long the run that goes on still takes, by its pace so far; None where that is not known."""
        done = self.total - self.left
        if self.activity is not Activity.RUNNING or self.running_s is None or done <= 0:
            return None
        return self.running_s / done * self.left

    def is_fresh(self, max_age: timedelta) -> bool:
        """Return whether everything was brought in at most so long ago."""
        return self.age_s is not None and self.age_s <= max_age.total_seconds()


def overview_of(organization_id: str, state: State, *, unreadable_rows: int | None = None) -> AccountOverview:
    """Return how an account is, by the clock of its state; `unreadable_rows` is what its warehouse holds of them."""
    now = state.transact(lambda transaction: (transaction.get(contacts_path(organization_id)), transaction.now))[1]
    stored = stored_state(organization_id, state)
    found = overview(organization_id, stored, now=now)
    figures = None if stored.status is None else figures_of_run(stored.status.run_id, organization_id, state)
    failures = (*found.failures, *given_up(figures, named=found.failures))
    return replace(found, unreadable_rows=unreadable_rows, figures=figures, failures=failures)


def stored_state(organization_id: str, state: State) -> StoredState:
    """Return what the state holds of an account."""
    problems: dict[str, str] = {}

    def work(transaction: Transaction) -> StoredState:
        problems.clear()
        return StoredState(
            status=_read(problems, "status", lambda: read_status(transaction, organization_id), None),
            pause=_read(problems, "pause", lambda: read_pause(transaction, organization_id), AccountPause()),
            wants=_read(problems, "wants", lambda: read_wants(transaction, organization_id), NO_WANTS),
            contacts=_read(
                problems, "contacts", lambda: read_checkpoint(transaction, contacts_path(organization_id)), None
            ),
            account_failure=_read(
                problems, "account failure", lambda: read_failure(transaction, organization_id), None
            ),
            checkpoints=checkpoints,
            problems=problems,
        )

    checkpoints = checkpoints_of(organization_id, state)
    return state.transact(work)


def overview(organization_id: str, stored: StoredState, *, now: datetime) -> AccountOverview:
    """Return how an account is at a moment."""
    checkpoints, status = stored.checkpoints.readable, stored.status
    records = [record for each in checkpoints.values() if (record := read_record(each.synced))]
    short = [each.short for record in records for each in record.to_settle.values() if each.short]
    success = None if status is None else status.last_success
    return AccountOverview(
        organization=organization_id,
        activity=_activity(stored, now=now),
        last_run=None if status is None else status.last_run,
        last_success=success,
        age_s=None if success is None else max((now - success).total_seconds(), 0.0),
        total=status.campaigns_total if status else 0,
        left=max(status.campaigns_left, 0) if status else 0,
        due=_due(checkpoints, stored.wants),
        wanted=listed(stored.wants),
        unsettled=len(short),
        rows_short=sum(short),
        contacts_synced_at=_contacts_synced_at(stored.contacts),
        failures=failures_of(
            checkpoints,
            unreadable={**stored.checkpoints.unreadable, **stored.problems},
            contacts=stored.contacts,
            account=_account_failure(stored),
        ),
        paused_since=stored.pause.paused_at,
        pause_reason=stored.pause.reason,
        run_id=None if status is None else status.run_id,
        failed=_account_failure(stored),
        running_s=None if status is None else max((now - status.last_run).total_seconds(), 0.0),
    )


def _activity(stored: StoredState, *, now: datetime) -> Activity:
    if stored.pause.is_paused or "pause" in stored.problems:
        return Activity.PAUSED
    if any(each.is_held(now) for each in (*stored.checkpoints.readable.values(), stored.contacts) if each):
        return Activity.RUNNING
    return Activity.NEVER if stored.status is None else Activity.IDLE


def _due(checkpoints: Mapping[int, Checkpoint], wants: Wants) -> int:
    """Return of how many campaigns something is left to do, whatever has changed in the account since."""
    unfinished = {number for number, each in checkpoints.items() if each.status is not Status.DONE or each.reason}
    return len(unfinished | set(wants.of_campaigns))


def _contacts_synced_at(contacts: Checkpoint | None) -> datetime | None:
    stored = (contacts.synced or {}).get("synced_at") if contacts else None
    return datetime.fromisoformat(stored) if isinstance(stored, str) else stored


def _account_failure(stored: StoredState) -> AccountFailure | None:
    """Return why the account's last run got nothing done, or one that got no further, if that was so."""
    failure = stored.account_failure
    return None if failure is None or failure.is_over(stored.status) else failure


def _read(problems: dict[str, str], name: str, read: Callable[[], T], otherwise: T) -> T:
    try:
        return read()
    except BadDocument as error:
        problems[name] = str(error)
        return otherwise
