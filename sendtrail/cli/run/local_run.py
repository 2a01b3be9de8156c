"""One run of the pipeline on this machine: it does what the three functions do, with the embedded adapters."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import random
from typing import Self
from uuid import uuid4

from sendtrail.activecampaign.account import Account
from sendtrail.activecampaign.account_factory import AccountFactory
from sendtrail.activecampaign.http.retries import RetryPolicy
from sendtrail.cli.run.run_stats import RunStats
from sendtrail.cli.settings.sync_settings import SyncSettings
from sendtrail.clock import Clock, Deadline
from sendtrail.delivery.deliver import Outcome
from sendtrail.delivery.handler import Delivery, handling
from sendtrail.delivery.observed_warehouse import ObservedWarehouse
from sendtrail.delivery.services import Services
from sendtrail.domain.messages import SyncCampaign, SyncContacts, WorkFailed, decode
from sendtrail.domain.request_rate import Priority
from sendtrail.local.duckdb_warehouse import DuckDbWarehouse
from sendtrail.local.queue import InProcessQueue
from sendtrail.local.state.adoption import open_state
from sendtrail.ports import State, Topic
from sendtrail.rate_limit.gcra import backed_off
from sendtrail.rate_limit.stored_limit import StoredLimit
from sendtrail.sync.campaign import CampaignSource, sync_campaign
from sendtrail.sync.contacts import sync_contacts
from sendtrail.sync.dispatch import Summary, dispatch
from sendtrail.sync.due import Policy, Request

# The account's limit is one of requests in any second.
WINDOW = timedelta(seconds=1)
# A person waits: a wrong key or address is reported within seconds, and the queue retries what may be temporary.
INTERACTIVE_RETRIES = RetryPolicy(attempts=5, total_s=240.0, base_s=0.5, max_wait_s=8.0)


@dataclass(frozen=True, kw_only=True, slots=True)
class Failure:
    """Work that failed, and why."""

    subject: str
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class RunResult:
    """The outcome of a run; an `interrupted` one was stopped, and the next run continues it."""

    summary: Summary
    failures: tuple[Failure, ...]
    interrupted: bool
    seconds: float


def _raise_interrupt() -> None:
    raise KeyboardInterrupt


@dataclass(frozen=True, kw_only=True, slots=True)
class RunObserver:
    """Callbacks of a run: when the work to do is known, and after each piece of it, from any thread."""

    on_dispatched: Callable[[Summary], None] = lambda _: None
    on_finished: Callable[[Topic], None] = lambda _: None
    on_second_signal: Callable[[], None] = _raise_interrupt


class LocalBudget:
    """The time budget of one delivery: spent after its seconds, or when the whole run is to stop."""

    def __init__(self, clock: Clock, *, budget_s: float, stop: threading.Event) -> None:
        self._deadline, self._stop = Deadline(clock, budget_s=budget_s), stop

    def spent(self) -> bool:
        """Return whether it is time to hand over."""
        return self._stop.is_set() or self._deadline.spent()


def request_of(settings: SyncSettings, *, now: datetime) -> Request:
    """Return the request to the dispatcher that the settings describe."""
    return Request(
        organization_id=settings.organization,
        run_id=f"{now:%Y%m%dT%H%M%SZ}-{uuid4().hex[:8]}",
        campaign_ids=frozenset(settings.campaign) or None,
        since=settings.read_since(now),
        contacts=settings.contacts,
        force=settings.is_forced,
    )


def wait_for_window(state: State, settings: SyncSettings) -> None:
    """Let a process that was killed have the second in which its last requests fell: the state may not know of them."""
    limit = settings.connection.rate_limit
    stored = StoredLimit(state, organization_id=settings.organization, rate_limit=limit)
    stored.transact(lambda before, now: (None, backed_off(before, until=now + WINDOW)))


class LocalRun:
    """The pipeline on this machine; a `with` block opens and closes its files."""

    def __init__(
        self, settings: SyncSettings, *, clock: Clock, stats: RunStats, retries: RetryPolicy = INTERACTIVE_RETRIES
    ) -> None:
        self._settings, self._clock, self._stats, self._retries = settings, clock, stats, retries
        self._stop = threading.Event()
        self._read_slot = threading.Semaphore(settings.concurrency)
        self._queue = InProcessQueue(clock=clock, chance=random)
        self._observer = RunObserver()
        self._open = ExitStack()

    def __enter__(self) -> Self:
        """Open the file, with the warehouse and the state in it; raise SettingsError if it cannot be used."""
        settings, stats = self._settings, self._stats
        with ExitStack() as opening:
            self.warehouse = opening.enter_context(DuckDbWarehouse(settings.database, dataset=settings.dataset))
            state = opening.enter_context(open_state(self.warehouse, clock=self._clock))
            if self.warehouse.connection.was_killed:
                wait_for_window(state, settings)
            self._open = opening.pop_all()
        self._services = Services(
            state=state,
            publisher=self._queue,
            warehouse=ObservedWarehouse(inner=self.warehouse, on_merge=stats.on_merge, on_vanished=stats.on_vanished),
            clock=self._clock,
            new_token=lambda: uuid4().hex,
        )
        self._accounts = AccountFactory(state, self._clock, retries=self._retries)
        return self

    def __exit__(self, *exc_info: object) -> None:
        """Close what was opened."""
        self._open.close()

    def sync(self, observer: RunObserver) -> RunResult:
        """Dispatch what is due, sync until nothing is left, and return the outcome."""
        started = self._clock.monotonic()
        request, policy = request_of(self._settings, now=self._clock.now()), Policy(overlap=self._settings.overlap)
        account = self._account(Priority.INCREMENTAL, self._stats.on_response)
        summary = dispatch(request, lists=account, services=self._services, policy=policy)
        observer.on_dispatched(summary)
        self._observer = observer
        with self._stopping_on_signals():
            self._queue.run(
                {Topic.CAMPAIGNS: self._sync_campaign, Topic.CONTACTS: self._sync_contacts},
                # Half of them merge what they have read, while the others read.
                concurrency=2 * self._settings.concurrency,
                apart=Topic.CONTACTS,
            )
        return RunResult(
            summary=summary,
            failures=(*_unknown_campaigns(summary), *self._failures()),
            interrupted=self._stop.is_set(),
            seconds=self._clock.monotonic() - started,
        )

    def stop(self) -> None:
        """Have every delivery record its progress and end; the next run continues from there."""
        self._stop.set()
        self._queue.stop()

    def _sync_campaign(self, data: bytes) -> None:
        with self._delivery(Topic.CAMPAIGNS) as delivery:
            message = delivery.receive(data, SyncCampaign)
            account = self._account(message.priority, self._stats.on_response)
            source = CampaignSource(lists=account, reports=account, overlap=self._settings.overlap)
            delivery.outcome = sync_campaign(
                message, source=source, services=self._services, budget=self._budget(), read_slot=self._read_slot
            )

    def _sync_contacts(self, data: bytes) -> None:
        with self._delivery(Topic.CONTACTS) as delivery:
            message = delivery.receive(data, SyncContacts)
            account = self._account(message.priority, self._stats.on_contacts_response)
            delivery.outcome = sync_contacts(message, contacts=account, services=self._services, budget=self._budget())

    @contextmanager
    def _delivery(self, topic: Topic) -> Iterator[Delivery]:
        with handling(self._services) as delivery:
            yield delivery
        if delivery.outcome is not Outcome.CONTINUED:
            self._observer.on_finished(topic)

    def _account(self, priority: Priority, on_response: Callable[[int], None]) -> Account:
        return self._accounts.account(self._settings.connection, priority=priority, on_response=on_response)

    def _budget(self) -> LocalBudget:
        return LocalBudget(self._clock, budget_s=self._settings.time_budget_s, stop=self._stop)

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
            self._observer.on_second_signal()  # ends at once, and nothing is lost either
        self.stop()


def _unknown_campaigns(summary: Summary) -> Iterator[Failure]:
    for campaign_id in summary.unknown:
        yield Failure(subject=str(campaign_id), reason="there is no such campaign in the account")


def _subject(topic: Topic, message: bytes) -> str:
    return str(decode(SyncCampaign, message).campaign_id) if topic is Topic.CAMPAIGNS else "contacts"
