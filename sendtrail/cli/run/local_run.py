"""One run of the pipeline on this machine: it does what the three functions do, with the embedded adapters."""

import signal
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import random
from typing import Self
from uuid import uuid4

from sendtrail.activecampaign.account import Account
from sendtrail.activecampaign.account_factory import AccountFactory
from sendtrail.activecampaign.http.client import Timeouts
from sendtrail.activecampaign.http.retries import RetryPolicy
from sendtrail.cli.measure.account_state import measure_account
from sendtrail.cli.operate.erase_gone import erase_after_sync
from sendtrail.cli.operate.erase_place import LocalPlace
from sendtrail.cli.run.local_limits import LocalBudget, say_that_clock_is_ahead, wait_for_window
from sendtrail.cli.run.open_work import open_work
from sendtrail.cli.run.run_result import (
    Failure,
    FailureKind,
    RunResult,
    dropped,
    figures_of,
    left_behind,
    missing_contacts,
    unknown_campaigns,
)
from sendtrail.cli.run.run_stats import RunStats
from sendtrail.cli.run.work_record import Fate, ObservedPublisher, WorkRecord, subject_of
from sendtrail.cli.settings.sync_settings import SyncSettings
from sendtrail.clock import CheckedClock, Clock, StoppableClock, StopSignal
from sendtrail.delivery.deliver import Outcome
from sendtrail.delivery.handler import Delivery, handling
from sendtrail.delivery.lease import read_checkpoint
from sendtrail.delivery.merge_metrics import measure_merge, meter_merge
from sendtrail.delivery.observed_warehouse import ObservedWarehouse
from sendtrail.delivery.services import Services
from sendtrail.delivery.usage_meter import UsageMeter, add_response, metered
from sendtrail.domain.campaign_report import Report
from sendtrail.domain.messages import SyncCampaign, SyncContacts, WorkFailed, decode
from sendtrail.domain.request_rate import Priority
from sendtrail.domain.wants import KEPT
from sendtrail.domain.work_item import CONTACTS
from sendtrail.errors import AccountPaused, BadDocument
from sendtrail.local.duckdb_stored_rows import DuckDbStoredRows
from sendtrail.local.duckdb_warehouse import DuckDbWarehouse
from sendtrail.local.erasure.local_erasure import guarded, settle_erasures
from sendtrail.local.pseudonyms.local_pseudonyms import local_pseudonyms
from sendtrail.local.queue import InProcessQueue
from sendtrail.local.state.adoption import open_state
from sendtrail.metrics.recording import NO_METRICS, Metrics, measure_response
from sendtrail.ports import State, Topic, Transaction
from sendtrail.pseudonyms.pseudonymous_warehouse import PseudonymousWarehouse
from sendtrail.state.account_pause import ensure_account_runs
from sendtrail.state.documents import contacts_path
from sendtrail.state.stored_habits import stale_counters
from sendtrail.sync.campaign import CampaignSource, sync_campaign
from sendtrail.sync.campaign_checkpoints import close_wants, sync_records
from sendtrail.sync.contacts import is_pass_due, sync_contacts
from sendtrail.sync.dispatch import dispatch_begun
from sendtrail.sync.due import Policy, Request
from sendtrail.sync.pairing.account_guard import GuardedLists
from sendtrail.sync.pairing.row_ledger import RowLedger
from sendtrail.sync.pairing.warehouse_check import check_stored_rows
from sendtrail.sync.runs.record_run import record_run
from sendtrail.sync.runs.run_row import EndedRun
from sendtrail.sync.runs.stored_run import Begun, Summary, begin_run, store_figures
from sendtrail.sync.sync_record import SyncRecord
from sendtrail.warehouse.rows import Batch

# A person waits: a wrong key or address is reported within seconds, and the queue retries what may be temporary.
INTERACTIVE_RETRIES = RetryPolicy(attempts=5, total_s=240.0, base_s=0.5, max_wait_s=8.0)


def _raise_interrupt() -> None:
    raise KeyboardInterrupt


@dataclass(frozen=True, kw_only=True, slots=True)
class RunObserver:
    """Callbacks of a run: when the work to do is known, and after each piece that is complete, from any thread."""

    on_dispatched: Callable[[Summary], None] = lambda _: None
    on_finished: Callable[[Topic], None] = lambda _: None
    on_second_signal: Callable[[], None] = _raise_interrupt


def request_of(settings: SyncSettings, *, now: datetime) -> Request:
    """Return the request to the dispatcher that the settings describe."""
    return Request(
        organization_id=settings.organization,
        run_id=f"{now:%Y%m%dT%H%M%SZ}-{uuid4().hex[:8]}",
        campaign_ids=frozenset(settings.campaign) or None,
        since=settings.read_since(now),
        contacts=bool(settings.contacts),
        force=settings.is_forced,
        drop_wants=settings.drop_wants,
    )


def with_contacts(settings: SyncSettings, state: State) -> SyncSettings:
    """Return the settings with whether contacts are read, which was asked for or is due."""
    if settings.contacts is not None:
        return settings

    def work(transaction: Transaction) -> bool:
        checkpoint = read_checkpoint(transaction, contacts_path(settings.organization))
        return is_pass_due(checkpoint, now=transaction.now)

    try:
        contacts = state.transact(work)
    except BadDocument:  # the pass says what is wrong with it
        contacts = True
    return settings.model_copy(update={"contacts": contacts})


class LocalRun:
    """The pipeline on this machine; a `with` block opens and closes its files."""

    def __init__(
        self,
        settings: SyncSettings,
        *,
        clock: Clock,
        stats: RunStats,
        retries: RetryPolicy = INTERACTIVE_RETRIES,
        metrics: Metrics = NO_METRICS,
    ) -> None:
        self._asked, self._stats, self._retries, self._metrics = settings, stats, retries, metrics
        self.settings = settings  # with what this run found to be due
        self._machine_clock = clock  # of the state, whose times are compared with one another
        self._clock = CheckedClock(clock, on_ahead=say_that_clock_is_ahead)
        self._stop = StopSignal(clock)
        self._read_slot = threading.Semaphore(settings.concurrency)
        self._queue = InProcessQueue(clock=clock, chance=random)
        self._record = WorkRecord()
        self._observer = RunObserver()
        self._open = ExitStack()
        self._may_have_erased = False

    def __enter__(self) -> Self:
        """Open the file, with the warehouse and the state in it; raise SettingsError if it cannot be used."""
        settings, stats = self.settings, self._stats
        with ExitStack() as opening:
            settle_erasures(settings.database, dataset=settings.dataset, clock=self._clock)
            self.warehouse = opening.enter_context(
                DuckDbWarehouse(settings.database, dataset=settings.dataset, clock=self._clock, has_views=False)
            )
            self._guarded = guarded(self.warehouse, clock=self._clock)
            self._state = state = opening.enter_context(open_state(self.warehouse, clock=self._machine_clock))
            self._pseudonyms = local_pseudonyms(self.warehouse, state, settings.pseudonym_key_file)
            if self.warehouse.connection.was_killed:
                wait_for_window(state, settings)
            self._open = opening.pop_all()
        self._services = Services(
            state=state,
            publisher=ObservedPublisher(inner=self._queue, on_published=self._record.on_published),
            warehouse=ObservedWarehouse(
                inner=PseudonymousWarehouse(inner=self._guarded, pseudonyms=lambda: self._pseudonyms),
                on_merge=self._on_merge(state),
                on_vanished=stats.on_vanished,
            ),
            clock=self._clock,
            new_token=lambda: uuid4().hex,
            metrics=self._metrics,
        )
        self._accounts = AccountFactory(
            state,
            StoppableClock(self._clock, self._stop),
            retries=self._retries,
            timeouts=Timeouts(is_stopped=self._stop.is_overdue),
            on_date=self._clock.observe,
        )
        return self

    def __exit__(self, *exc_info: object) -> None:
        """Close what was opened; where somebody was erased, the file is then written anew."""
        measure_account(self._metrics, self.settings.organization, self._services.state)
        self._open.close()
        if self._may_have_erased:
            settle_erasures(self.settings.database, dataset=self.settings.dataset, clock=self._clock)

    def sync(self, observer: RunObserver) -> RunResult:
        """Dispatch what is due, sync until nothing is left, and return the outcome."""
        with metered() as meter:
            return self._sync(observer, meter)

    def _sync(self, observer: RunObserver, meter: UsageMeter) -> RunResult:
        began_at = self._clock.now()
        started = self._clock.monotonic()
        self._record.clear()
        self.settings = with_contacts(self._asked, self._services.state)
        request, policy = (
            request_of(self.settings, now=self._clock.now()),
            Policy(overlap=self.settings.overlap, counted=timedelta.max, deletions=self.settings.deletion_guard),
        )
        account = self._account(Priority.INCREMENTAL, self._stats.on_response)
        lists = GuardedLists(self.settings.claimed_account, account, self._services.state, lists_campaigns=True)
        begun = begin_run(request, self._services)  # what is wanted comes first: whatever follows may be interrupted
        self._ensure_account_runs(request)
        self.warehouse.create_views()
        self._check_stored_rows()
        summary = begun if isinstance(begun, Summary) else self._dispatch(begun, lists, policy)
        observer.on_dispatched(summary)
        self._observer = observer
        with self._stopping_on_signals():
            self._queue.run(
                {Topic.CAMPAIGNS: self._sync_campaign, Topic.CONTACTS: self._sync_contacts},
                # Half of them merge what they have read, while the others read.
                concurrency=2 * self.settings.concurrency,
                apart=Topic.CONTACTS,
            )
        close_wants(self.settings.organization, self._services.state)
        not_erased = tuple(self._erase_gone())
        result = self._result(summary, seconds=self._clock.monotonic() - started)
        result = replace(result, failures=(*result.failures, *not_erased))
        figures = figures_of(result, self._stats, ended_at=self._clock.now(), retries=meter.take().retries)
        ended = EndedRun(
            run_id=request.run_id,
            organization_id=request.organization_id,
            began_at=began_at,
            summary=summary,
            figures=figures,
        )
        record_run(ended, self._services)  # first: a run whose figures are stored is recorded
        store_figures(request.run_id, request.organization_id, figures, self._services.state)
        return result

    def _dispatch(self, begun: Begun, lists: GuardedLists, policy: Policy) -> Summary:
        with metered():  # what a dispatch took is stored with it, and counts here, too
            return dispatch_begun(begun, lists=lists, services=self._services, policy=policy)

    def stop(self) -> None:
        """Have every delivery record its progress and end; the next run continues from there."""
        self._stop.set()
        self._queue.stop()

    def records(self) -> Mapping[int, SyncRecord]:
        """Return the record of the last completed sync of each campaign, by its id."""
        return sync_records(self.settings.organization, self._services.state)

    def stale_counters(self) -> Sequence[Report]:
        """Return the reports whose counters were seen to stand still while rows came."""
        return stale_counters(self.settings.organization, self._services.state, now=self._clock.now())

    def _on_merge(self, state: State) -> Callable[[Batch, int], None]:
        """Return what is done after each merge: it is recorded, and counted."""
        ledger = RowLedger(state=state, clock=self._clock)

        def record(batch: Batch, changed: int) -> None:
            ledger.record(batch, changed)
            self._stats.on_merge(batch, changed)
            measure_merge(self._metrics, batch, changed)
            meter_merge(batch, changed)

        return record

    def _ensure_account_runs(self, request: Request) -> None:
        """Raise AccountPaused, with what becomes of what was asked for, where somebody has paused the account."""
        try:
            ensure_account_runs(self._services.state, request.organization_id)
        except AccountPaused as error:
            raise AccountPaused(f"{error}{KEPT if request.ask else ''}") from None

    def _check_stored_rows(self) -> None:
        """Have campaigns read again whose rows somebody has deleted from the file."""
        stored, organizations = DuckDbStoredRows(warehouse=self.warehouse), (self.settings.organization,)
        check_stored_rows(stored, state=self._services.state, clock=self._clock, organizations=organizations)

    def _sync_campaign(self, data: bytes) -> None:
        with self._delivery(Topic.CAMPAIGNS) as delivery:
            message = delivery.receive(data, SyncCampaign)
            account = self._account(message.priority, self._stats.on_response)
            source = CampaignSource(lists=account, reports=account, overlap=self.settings.overlap)
            delivery.outcome = sync_campaign(
                message, source=source, services=self._services, budget=self._budget(), read_slot=self._read_slot
            )

    def _sync_contacts(self, data: bytes) -> None:
        with self._delivery(Topic.CONTACTS) as delivery:
            message = delivery.receive(data, SyncContacts)
            account = self._account(message.priority, self._stats.on_contacts_response)
            delivery.outcome = sync_contacts(
                message,
                contacts=account,
                services=self._services,
                budget=self._budget(),
                guard=self.settings.deletion_guard,
                erases_gone=self.settings.gone_policy is not None,
            )

    def _erase_gone(self) -> Iterator[Failure]:
        """Erase the contacts who are gone from the account, if it is set; yield why nobody was, if so."""
        policy = self.settings.gone_policy
        if policy is None or not self.settings.contacts or self._stop.is_set():
            return
        place = LocalPlace(warehouse=self.warehouse, state=self._state, clock=self._clock, pseudonyms=self._pseudonyms)
        self._may_have_erased = True
        if reason := erase_after_sync(place, self._guarded, self.settings.organization, policy):
            yield Failure(subject=CONTACTS, reason=reason, kind=FailureKind.PART)

    @contextmanager
    def _delivery(self, topic: Topic) -> Iterator[Delivery]:
        with handling(self._services) as delivery:
            try:
                yield delivery
            except BaseException:
                self._record.on_error(delivery.item)
                raise
        self._record.on_ended(delivery.item, delivery.outcome)
        if delivery.outcome is Outcome.DONE:
            self._observer.on_finished(topic)

    def _account(self, priority: Priority, on_response: Callable[[int], None]) -> Account:
        def count(status: int) -> None:
            on_response(status)
            add_response(status)
            measure_response(self._metrics, self.settings.organization, status)

        return self._accounts.account(self.settings.connection, priority=priority, on_response=count)

    def _budget(self) -> LocalBudget:
        return LocalBudget(self._clock, budget_s=self.settings.time_budget_s, stop=self._stop)

    def _result(self, summary: Summary, *, seconds: float) -> RunResult:
        given_up = [(subject_of(each.topic, each.message) or "", each.error) for each in self._queue.failures]
        for subject, _ in given_up:
            self._record.on_given_up(subject)
        fates, is_interrupted = self._record.fates(), self._stop.is_set()
        failures = [
            *unknown_campaigns(summary),
            *self._published_failures(fates),
            *(dropped(subject, error) for subject, error in given_up),
        ]
        if self.settings.contacts and CONTACTS not in fates:
            failures.append(missing_contacts())
        failures.extend(open_work(self.settings, self._services.state, fates=fates))
        if not is_interrupted:
            failures.extend(left_behind(fates, named=failures))
        return RunResult(
            summary=summary, failures=tuple(failures), interrupted=is_interrupted, seconds=seconds, fates=fates
        )

    def _published_failures(self, fates: Mapping[str, Fate]) -> Iterator[Failure]:
        for data in self._queue.published_failures:
            failed = decode(WorkFailed, data)
            is_part = fates.get(failed.subject) is Fate.INCOMPLETE
            kind = FailureKind.PART if is_part else FailureKind.REJECTED
            yield Failure(subject=failed.subject, reason=failed.reason, kind=kind)

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
                signal.signal(number, signal.SIG_DFL if handler is None else handler)

    def _on_signal(self, number: int, frame: object) -> None:  # noqa: ARG002
        if self._stop.is_set():
            self._observer.on_second_signal()  # ends at once, and nothing is lost either
        self.stop()
