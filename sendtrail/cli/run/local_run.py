"""One run of the pipeline on this machine: the three functions' own logic on the embedded adapters."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from random import random
from typing import Self
from uuid import uuid4

from sendtrail.activecampaign.account import Account
from sendtrail.activecampaign.http.retries import RetryPolicy
from sendtrail.cli.run.run_stats import CountingWarehouse, RunStats
from sendtrail.cli.settings.sync_settings import SyncSettings
from sendtrail.clock import Clock, Deadline
from sendtrail.delivery.deliver import Outcome
from sendtrail.delivery.handler import handle
from sendtrail.delivery.services import Services
from sendtrail.domain.messages import SyncCampaign, SyncContacts, WorkFailed, decode
from sendtrail.domain.request_rate import Priority
from sendtrail.local.duckdb_warehouse import DuckDbWarehouse
from sendtrail.local.queue import InProcessQueue
from sendtrail.local.sqlite_state import SqliteState
from sendtrail.local.state_pairing import pair
from sendtrail.ports import Topic
from sendtrail.rate_limit.budget import RateBudget
from sendtrail.rate_limit.sliding_window import sliding_window
from sendtrail.sync.campaign import CampaignSource, sync_campaign
from sendtrail.sync.contacts import sync_contacts
from sendtrail.sync.dispatch import Summary, dispatch
from sendtrail.sync.due import Policy, Request

STATE_SUFFIX = ".state"
# Somebody is waiting: a wrong key or address is said within seconds, and the queue tries again what may pass.
PATIENCE = RetryPolicy(attempts=5, total_s=240.0, base_s=0.5, max_wait_s=8.0)


@dataclass(frozen=True, kw_only=True, slots=True)
class Failure:
    """Work that did not succeed: what it was, and why."""

    subject: str
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class RunResult:
    """What became of a run; `interrupted` says that it was stopped and goes on when it is started again."""

    summary: Summary
    failures: tuple[Failure, ...]
    interrupted: bool
    seconds: float


@dataclass(frozen=True, kw_only=True, slots=True)
class RunObserver:
    """Who is told how a run goes: when the work to be done is known, and after each piece of it, from any thread."""

    on_dispatched: Callable[[Summary], None] = lambda _: None
    on_finished: Callable[[Topic], None] = lambda _: None


class LocalBudget:
    """The time budget of one delivery: spent when its time is, or when the whole run is to stop."""

    def __init__(self, clock: Clock, *, budget_s: float, stop: threading.Event) -> None:
        self._deadline, self._stop = Deadline(clock, budget_s=budget_s), stop

    def spent(self) -> bool:
        """Tell whether it is time to hand over."""
        return self._stop.is_set() or self._deadline.spent()


def state_file(database: Path) -> Path:
    """Return where the state of a database lies: beside it."""
    return database.with_name(database.name + STATE_SUFFIX)


def request_of(settings: SyncSettings, *, now: datetime) -> Request:
    """Return what the settings ask the dispatcher for."""
    return Request(
        organization_id=settings.organization,
        run_id=f"{now:%Y%m%dT%H%M%SZ}-{uuid4().hex[:8]}",
        campaign_ids=frozenset(settings.campaign) or None,
        since=settings.read_since(now),
        contacts=settings.contacts,
    )


class LocalRun:
    """The pipeline on this machine, open from `with` to its end."""

    def __init__(
        self, settings: SyncSettings, *, clock: Clock, stats: RunStats, retries: RetryPolicy = PATIENCE
    ) -> None:
        self._settings, self._clock, self._stats, self._retries = settings, clock, stats, retries
        self._stop = threading.Event()
        self._reading = threading.Semaphore(settings.concurrency)
        self._sliding_window = sliding_window(clock, requests_per_second=settings.connection.rate_limit.per_second)
        self._open = ExitStack()
        self._observer = RunObserver()

    def __enter__(self) -> Self:
        """Open the warehouse and the state; raise SettingsError where they cannot be used."""
        settings = self._settings
        with ExitStack() as opening:
            self.warehouse = opening.enter_context(DuckDbWarehouse(settings.database, dataset=settings.dataset))
            self._state = opening.enter_context(SqliteState(state_file(settings.database), clock=self._clock))
            pair(
                self._state,
                self.warehouse,
                state_file=state_file(settings.database),
                database=settings.database,
            )
            self._state.forget_leases()  # the database is ours alone, so whoever held one is dead
            self._open = opening.pop_all()
        self._queue = InProcessQueue(clock=self._clock, chance=random)
        self._services = Services(
            state=self._state,
            publisher=self._queue,
            warehouse=CountingWarehouse(self.warehouse, self._stats),
            clock=self._clock,
            new_token=lambda: uuid4().hex,
        )
        on_response, on_contacts_response = self._stats.on_response, self._stats.on_contacts_response
        self._accounts = {priority: self._connect(priority, on_response) for priority in Priority}
        self._contacts_account = self._connect(Priority.BACKGROUND, on_contacts_response)
        return self

    def __exit__(self, *exc_info: object) -> None:
        """Close what was opened."""
        self._open.close()

    def sync(self, observer: RunObserver) -> RunResult:
        """Dispatch what is due, work until nothing is left, and return what became of it."""
        started = self._clock.monotonic()
        settings, lists = self._settings, self._accounts[Priority.INCREMENTAL]
        request, policy = request_of(settings, now=self._clock.now()), Policy(overlap=settings.overlap)
        summary = dispatch(request, lists=lists, services=self._services, policy=policy)
        observer.on_dispatched(summary)
        self._observer = observer
        with self._stopping_on_signals():
            self._queue.run(
                {Topic.CAMPAIGNS: self._campaign, Topic.CONTACTS: self._contacts},
                # As many again merge what they have read, while others read.
                concurrency=2 * self._settings.concurrency,
                apart=Topic.CONTACTS,
            )
        return RunResult(
            summary=summary,
            failures=(*_unknown(summary), *self._failures()),
            interrupted=self._stop.is_set(),
            seconds=self._clock.monotonic() - started,
        )

    def stop(self) -> None:
        """Let every delivery record how far it is and end; the next run goes on from there."""
        self._stop.set()
        self._queue.stop()

    def _campaign(self, data: bytes) -> None:
        outcome = handle(data, SyncCampaign, services=self._services, sync=self._sync_campaign)
        self._delivered(Topic.CAMPAIGNS, outcome)

    def _sync_campaign(self, message: SyncCampaign) -> Outcome:
        account = self._accounts[message.priority]
        source = CampaignSource(lists=account, reports=account, overlap=self._settings.overlap)
        budget = self._budget()
        return sync_campaign(message, source=source, services=self._services, budget=budget, reading=self._reading)

    def _contacts(self, data: bytes) -> None:
        contacts = self._contacts_account
        outcome = handle(
            data,
            SyncContacts,
            services=self._services,
            sync=lambda m: sync_contacts(m, contacts=contacts, services=self._services, budget=self._budget()),
        )
        self._delivered(Topic.CONTACTS, outcome)

    def _delivered(self, topic: Topic, outcome: Outcome) -> None:
        if outcome is not Outcome.CONTINUED:
            self._observer.on_finished(topic)

    def _budget(self) -> LocalBudget:
        return LocalBudget(self._clock, budget_s=self._settings.time_budget_s, stop=self._stop)

    def _connect(self, priority: Priority, on_response: Callable[[int], None]) -> Account:
        connection = self._settings.connection
        budget = RateBudget(
            self._state,
            self._clock,
            organization_id=connection.organization_id,
            rate_limit=connection.rate_limit,
            sliding_window=self._sliding_window,
            priority=priority,
        )
        return Account(
            connection,
            budget=budget,
            clock=self._clock,
            on_response=on_response,
            retries=self._retries,
        )

    def _failures(self) -> Iterator[Failure]:
        for data in self._queue.published_failures:
            failed = decode(WorkFailed, data)
            yield Failure(subject=failed.subject, reason=failed.reason)
        for delivery in self._queue.failures:
            yield Failure(subject=_subject(delivery.topic, delivery.message), reason=str(delivery.error))

    @contextmanager
    def _stopping_on_signals(self) -> Iterator[None]:
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, self._on_signal) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _on_signal(self, number: int, frame: object) -> None:  # noqa: ARG002
        if self._stop.is_set():
            raise KeyboardInterrupt  # a second Ctrl-C: at once, and nothing is lost either
        self.stop()


def _unknown(summary: Summary) -> Iterator[Failure]:
    for campaign_id in summary.unknown:
        yield Failure(subject=str(campaign_id), reason="there is no such campaign in the account")


def _subject(topic: Topic, message: bytes) -> str:
    return str(decode(SyncCampaign, message).campaign_id) if topic is Topic.CAMPAIGNS else "contacts"
