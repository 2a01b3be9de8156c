"""A wish for an account's history: planned, asked about, stored; the next run goes on with it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import partial
from uuid import uuid4

import typer
from rich.console import Console

from sendtrail.cli.operate.accounts import typed
from sendtrail.cli.operate.backend import Backend, open_backend
from sendtrail.cli.plan import shown_duration
from sendtrail.cli.process.sentences import say
from sendtrail.cli.settings.operator_settings import OperatorSettings
from sendtrail.cli.settings.sync_settings import BEGINNING
from sendtrail.clock import Clock
from sendtrail.domain.connection import DEFAULT_REQUESTS_PER_SECOND
from sendtrail.domain.request_rate import RateLimit
from sendtrail.domain.wants import Ask
from sendtrail.errors import SettingsError
from sendtrail.plurals import counted
from sendtrail.ports import State
from sendtrail.state.account_pause import read_pause
from sendtrail.state.documents import connection_path
from sendtrail.state.stored_wants import raise_wants
from sendtrail.sync.campaign_checkpoints import checkpoints_of
from sendtrail.sync.overview.history_plan import HistoryPlan, history_plan
from sendtrail.sync.sync_record import SyncRecord, read_record

Say = Callable[[str], None]


@dataclass(frozen=True, kw_only=True, slots=True)
class HistoryWish:
    """What somebody types: everything since a moment, or all of it again, of some campaigns (None: all)."""

    since: datetime | None = None
    campaign_ids: frozenset[int] | None = None
    again: bool = False

    def ask(self, *, now: datetime) -> Ask:
        """Return it as it is stored, under an id of its own."""
        run_id = f"{now:%Y%m%dT%H%M%SZ}-operator-{uuid4().hex[:8]}"
        return Ask(run_id=run_id, campaign_ids=self.campaign_ids, since=self.since, force=self.again)


def store_wish(wish: HistoryWish, settings: OperatorSettings, *, clock: Clock, is_agreed: bool) -> None:
    """Show what a wish takes and, unless it `is_agreed` to, ask; then store it, and say how to undo it."""
    say = printer()
    with open_backend(settings, clock=clock) as backend:
        (organization,) = backend.chosen(settings)
        ask = wish.ask(now=clock.now())
        for line in plan_lines(_plan(backend, organization, ask), interval_s=_interval_s(backend.state, organization)):
            say(line)
        if not is_agreed:
            typer.confirm("Is it to be read?", abort=True)
        raise_wants(backend.state, organization, ask)
        for line in stored_lines(organization, settings=settings, is_paused=_is_paused(backend.state, organization)):
            say(line)


def plan_lines(plan: HistoryPlan, *, interval_s: float) -> Iterator[str]:
    """Yield what is to be read, and how long that takes."""
    yield (
        f"To be read: {counted(plan.campaigns, 'campaign')}, at most {counted(plan.requests, 'request')} for "
        f"{counted(plan.rows, 'row')}, which take "
        f"{shown_duration(plan.requests * interval_s)} at the account's limit. Changes are read first."
    )
    if plan.unknown:
        unknown = counted(plan.unknown, "campaign holds that was", "campaigns hold that were")
        yield f"And what {unknown} not synced to the end yet, which nobody knows."


def stored_lines(organization: str, *, settings: OperatorSettings, is_paused: bool) -> Iterator[str]:
    """Yield what was done, what follows from it, and how to undo it."""
    start = "terraform output start_now shows how to start one" if settings.project else "sendtrail sync is one"
    yield f"It is stored, and kept until it is done: the next run of {organization} begins with it ({start})."
    if is_paused:
        yield f"{organization} is paused, so that waits: {typed('resume', settings, organization=organization)}"
    undo = typed("backfill cancel", settings, organization=organization)
    yield f"To undo it, with all else that is wanted of {organization}: {undo}"


def moment_since(text: str | None, *, everything: bool, now: datetime) -> datetime | None:
    """Return back to when is to be read; raise SettingsError where that is not clear, or to come."""
    if everything and text:
        raise SettingsError(["--since: choose one of --since and --all"])
    if everything:
        return BEGINNING
    if text is None:
        return None
    try:
        since = datetime.combine(date.fromisoformat(text), time.min, tzinfo=UTC)
    except ValueError:
        raise SettingsError([f"--since: {text!r} is no day, such as 2025-01-31"]) from None
    if since > now:
        raise SettingsError([f"--since: {text} is still to come"])
    return since


def records_of(backend: Backend, organization: str) -> dict[int, SyncRecord | None]:
    """Return the record of each campaign's last completed sync, None where there is none."""
    found = checkpoints_of(organization, backend.state).readable
    return {number: read_record(checkpoint.synced) for number, checkpoint in found.items()}


def printer() -> Say:
    """Return what prints a line as it is."""
    return partial(say, Console())


def _plan(backend: Backend, organization: str, ask: Ask) -> HistoryPlan:
    records = records_of(backend, organization)
    unknown = sorted((ask.campaign_ids or frozenset()) - records.keys())
    if unknown:
        named = ", ".join(map(str, unknown))
        raise SettingsError([f"CAMPAIGN: nothing was synced of {named} yet: the table campaigns lists what there is"])
    return history_plan(records, ask)


def _interval_s(state: State, organization: str) -> float:
    """Return the time between two requests of an account, as far as its connection says it."""
    stored = state.transact(lambda transaction: transaction.get(connection_path(organization))) or {}
    rate = stored.get("requestsPerSecond", DEFAULT_REQUESTS_PER_SECOND)
    kept_free = stored.get("shareKeptFree", 0.0)
    is_usable = isinstance(rate, int | float) and rate > 0 and isinstance(kept_free, int | float)
    limit = RateLimit(
        requests_per_second=float(rate) if is_usable else DEFAULT_REQUESTS_PER_SECOND,
        share_kept_free=float(kept_free) if is_usable else 0.0,
    )
    return limit.interval().total_seconds()


def _is_paused(state: State, organization: str) -> bool:
    return state.transact(lambda transaction: read_pause(transaction, organization)).is_paused
