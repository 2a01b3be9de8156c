"""One run of the pipeline on this machine: it does what the three functions do, with the embedded adapters."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Self

from sendtrail.activecampaign.http.retries import RetryPolicy
from sendtrail.cli.run.local_adapters import LocalAdapters
from sendtrail.cli.run.local_limits import INTERACTIVE_RETRIES
from sendtrail.cli.run.local_result import result_of
from sendtrail.cli.run.local_workers import LocalWorkers
from sendtrail.cli.run.run_observer import RunObserver
from sendtrail.cli.run.run_request import request_of, with_contacts
from sendtrail.cli.run.run_result import Failure, FailureKind, RunResult, figures_of
from sendtrail.cli.run.run_stats import RunStats
from sendtrail.cli.run.stop_signals import stopping_on_signals
from sendtrail.cli.settings.sync_settings import SyncSettings
from sendtrail.clock import Clock
from sendtrail.delivery.usage_meter import UsageMeter, metered
from sendtrail.domain.campaign_report import Report
from sendtrail.domain.request_rate import Priority
from sendtrail.domain.wants import KEPT
from sendtrail.domain.work_item import CONTACTS
from sendtrail.errors import AccountPaused
from sendtrail.local.duckdb_warehouse import DuckDbWarehouse
from sendtrail.metrics.recording import NO_METRICS, Metrics
from sendtrail.state.account_pause import ensure_account_runs
from sendtrail.state.stored_habits import stale_counters
from sendtrail.sync.campaign_checkpoints import close_wants, sync_records
from sendtrail.sync.dispatch import dispatch_begun
from sendtrail.sync.due import Policy, Request
from sendtrail.sync.pairing.account_guard import GuardedLists
from sendtrail.sync.pairing.warehouse_check import check_stored_rows
from sendtrail.sync.runs.failed_run import storing_failure
from sendtrail.sync.runs.record_run import record_run
from sendtrail.sync.runs.run_row import EndedRun
from sendtrail.sync.runs.stored_run import Begun, Summary, begin_run, store_figures
from sendtrail.sync.sync_record import SyncRecord


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
        self._asked, self._stats = settings, stats
        self.settings = settings  # with what this run found to be due
        self.adapters = LocalAdapters(settings, clock=clock, stats=stats, retries=retries, metrics=metrics)

    def __enter__(self) -> Self:
        """Open the file, with the warehouse and the state in it; raise SettingsError if it cannot be used."""
        self.adapters.__enter__()
        return self

    def __exit__(self, *exc_info: object) -> None:
        """Close what was opened; where somebody was erased, the file is then written anew."""
        self.adapters.__exit__(*exc_info)

    @property
    def warehouse(self) -> DuckDbWarehouse:
        """Return the tables of the open file."""
        return self.adapters.warehouse

    def sync(self, observer: RunObserver) -> RunResult:
        """Dispatch what is due, sync until nothing is left, and return the outcome."""
        with metered() as meter:
            return self._sync(observer, meter)

    def stop(self) -> None:
        """Have every delivery record its progress and end; the next run continues from there."""
        self.adapters.stop.set()
        self.adapters.queue.stop()

    def records(self) -> Mapping[int, SyncRecord]:
        """Return the record of the last completed sync of each campaign, by its id."""
        return sync_records(self.settings.organization, self.adapters.services.state)

    def stale_counters(self) -> Sequence[Report]:
        """Return the reports whose counters were seen to stand still while rows came."""
        state, now = self.adapters.services.state, self.adapters.clock.now()
        return stale_counters(self.settings.organization, state, now=now)

    def _sync(self, observer: RunObserver, meter: UsageMeter) -> RunResult:
        adapters = self.adapters
        began_at, started = adapters.clock.now(), adapters.clock.monotonic()
        adapters.record.clear()
        self.settings = with_contacts(self._asked, adapters.services.state)
        request = request_of(self.settings, now=adapters.clock.now())
        with storing_failure(request.organization_id, run_id=request.run_id, state=adapters.services.state):
            summary = self._dispatch(request)
            self._work(summary, observer)
            with self._stopping_on_signals(observer):  # each of them is asked for, which takes minutes
                not_erased = tuple(self._erase_gone())
            result = result_of(summary, self.settings, adapters, seconds=adapters.clock.monotonic() - started)
            result = replace(result, failures=(*result.failures, *not_erased))
            self._record(result, request, began_at=began_at, retries=meter.take().retries)
        return result

    def _work(self, summary: Summary, observer: RunObserver) -> None:
        """Sync what was dispatched, until nothing is left or somebody interrupts."""
        observer.on_dispatched(summary)
        with self._stopping_on_signals(observer):
            LocalWorkers(self.settings, self.adapters, observer).work()
        close_wants(self.settings.organization, self.adapters.services.state)

    def _stopping_on_signals(self, observer: RunObserver) -> AbstractContextManager[None]:
        is_stopped, again = self.adapters.stop.is_set, observer.on_second_signal
        return stopping_on_signals(self.stop, is_stopped=is_stopped, again=again)

    def _dispatch(self, request: Request) -> Summary:
        """Publish what is due; raise AccountPaused where somebody has paused the account."""
        account = self.adapters.account(Priority.INCREMENTAL, self._stats.on_response)
        services = self.adapters.services
        lists = GuardedLists(self.settings.claimed_account, account, services.state, lists_campaigns=True)
        begun = begin_run(request, services)  # what is wanted comes first: whatever follows may be interrupted
        self._ensure_account_runs(request)
        self.warehouse.create_views()
        self._check_stored_rows()
        return begun if isinstance(begun, Summary) else self._dispatch_begun(begun, lists)

    def _dispatch_begun(self, begun: Begun, lists: GuardedLists) -> Summary:
        settings = self.settings
        policy = Policy(
            overlap=settings.overlap,
            counted=timedelta.max,
            counted_every=timedelta(),
            deletions=settings.deletion_guard,
        )
        with metered():  # what a dispatch took is stored with it, and counts here, too
            return dispatch_begun(begun, lists=lists, services=self.adapters.services, policy=policy)

    def _ensure_account_runs(self, request: Request) -> None:
        """Raise AccountPaused, with what becomes of what was asked for, where somebody has paused the account."""
        try:
            ensure_account_runs(self.adapters.services.state, request.organization_id)
        except AccountPaused as error:
            raise AccountPaused(f"{error}{KEPT if request.ask else ''}") from None

    def _check_stored_rows(self) -> None:
        """Have campaigns read again whose rows somebody has deleted from the file."""
        adapters, organizations = self.adapters, (self.settings.organization,)
        check_stored_rows(
            adapters.stored_rows(), state=adapters.services.state, clock=adapters.clock, organizations=organizations
        )

    def _erase_gone(self) -> Iterator[Failure]:
        """Erase the contacts who are gone from the account, if it is set; yield why not all were, if so."""
        policy = self.settings.gone_policy
        if policy is None or not self.settings.contacts or self.adapters.stop.is_set():
            return
        if reason := self.adapters.erase_gone(policy):
            yield Failure(subject=CONTACTS, reason=reason, kind=FailureKind.PART)

    def _record(self, result: RunResult, request: Request, *, began_at: datetime, retries: int) -> None:
        adapters = self.adapters
        figures = figures_of(result, self._stats, ended_at=adapters.clock.now(), retries=retries)
        ended = EndedRun(
            run_id=request.run_id,
            organization_id=request.organization_id,
            began_at=began_at,
            summary=result.summary,
            figures=figures,
        )
        record_run(ended, adapters.services)  # first: a run whose figures are stored is recorded
        store_figures(request.run_id, request.organization_id, figures, adapters.services.state)
