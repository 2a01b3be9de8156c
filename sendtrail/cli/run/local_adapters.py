"""The adapters of a run on this machine: its file, with the warehouse and the state in it, its queue and its clocks."""

from collections.abc import Callable
from contextlib import ExitStack
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
from sendtrail.cli.run.local_limits import say_that_clock_is_ahead, wait_for_window
from sendtrail.cli.run.run_stats import RunStats
from sendtrail.cli.run.work_record import ObservedPublisher, WorkRecord
from sendtrail.cli.settings.sync_settings import SyncSettings
from sendtrail.clock import CheckedClock, Clock, StoppableClock, StopSignal
from sendtrail.delivery.merge_metrics import measure_merge, meter_merge
from sendtrail.delivery.observed_warehouse import ObservedWarehouse
from sendtrail.delivery.services import Services
from sendtrail.delivery.usage_meter import add_response
from sendtrail.domain.request_rate import Priority
from sendtrail.erasure.confirmation import Lookups
from sendtrail.erasure.gone_contacts import GonePolicy
from sendtrail.local.duckdb_stored_rows import DuckDbStoredRows
from sendtrail.local.duckdb_warehouse import DuckDbWarehouse
from sendtrail.local.erasure.local_erasure import guarded, settle_erasures
from sendtrail.local.pseudonyms.local_pseudonyms import local_pseudonyms
from sendtrail.local.queue import InProcessQueue
from sendtrail.local.state.adoption import open_state
from sendtrail.metrics.recording import Metrics, measure_response
from sendtrail.pseudonyms.pseudonymous_warehouse import PseudonymousWarehouse
from sendtrail.sync.pairing.row_ledger import RowLedger
from sendtrail.warehouse.rows import Batch


class LocalAdapters:
    """What a run works with; a `with` block opens and closes its files."""

    def __init__(
        self, settings: SyncSettings, *, clock: Clock, stats: RunStats, retries: RetryPolicy, metrics: Metrics
    ) -> None:
        self.stats = stats
        self.clock = CheckedClock(clock, on_ahead=say_that_clock_is_ahead)
        self.stop = StopSignal(clock)
        self.queue = InProcessQueue(clock=clock, chance=random)
        self.record = WorkRecord()
        self._settings, self._retries, self._metrics = settings, retries, metrics
        self._machine_clock = clock  # of the state, whose times are compared with one another
        self._open = ExitStack()
        self._may_have_erased = False

    def __enter__(self) -> Self:
        """Open the file, with the warehouse and the state in it; raise SettingsError if it cannot be used."""
        with ExitStack() as opening:
            self._open_file(self._settings, opening)
            self._open = opening.pop_all()
        self.services = self._new_services()
        self._accounts = AccountFactory(
            self.services.state,
            StoppableClock(self.clock, self.stop),
            retries=self._retries,
            timeouts=Timeouts(is_stopped=self.stop.is_overdue),
            on_date=self.clock.observe,
        )
        return self

    def __exit__(self, *exc_info: object) -> None:
        """Close what was opened; where somebody was erased, the file is then written anew."""
        measure_account(self._metrics, self._settings.organization, self.services.state)
        self._open.close()
        if self._may_have_erased:
            self._settle_erasures()

    def account(self, priority: Priority, on_response: Callable[[int], None]) -> Account:
        """Return the account, whose answers are counted by their status."""
        organization = self._settings.organization

        def count(status: int) -> None:
            on_response(status)
            add_response(status)
            measure_response(self._metrics, organization, status)

        return self._accounts.account(self._settings.connection, priority=priority, on_response=count)

    def stored_rows(self) -> DuckDbStoredRows:
        """Return how many rows the file holds of each campaign."""
        return DuckDbStoredRows(warehouse=self.warehouse)

    def erase_gone(self, policy: GonePolicy) -> str | None:
        """Erase who is gone from the account; return why not all were erased, None where nothing is amiss."""
        self._may_have_erased = True
        account = self.account(Priority.INCREMENTAL, self.stats.on_contacts_response)
        place = LocalPlace(warehouse=self.warehouse, state=self._state, clock=self.clock, pseudonyms=self._pseudonyms)
        lookups = Lookups(account=account, is_over=self.stop.is_set)
        return erase_after_sync(place, self._guarded, self._settings.organization, policy, lookups=lookups)

    def _open_file(self, settings: SyncSettings, opening: ExitStack) -> None:
        self._settle_erasures()
        self.warehouse = opening.enter_context(
            DuckDbWarehouse(settings.database, dataset=settings.dataset, clock=self.clock, has_views=False)
        )
        self._guarded = guarded(self.warehouse, clock=self.clock)
        self._state = opening.enter_context(open_state(self.warehouse, clock=self._machine_clock))
        self._pseudonyms = local_pseudonyms(self.warehouse, self._state, settings.pseudonym_key_file)
        if self.warehouse.connection.was_killed:
            wait_for_window(self._state, settings)

    def _new_services(self) -> Services:
        return Services(
            state=self._state,
            publisher=ObservedPublisher(inner=self.queue, on_published=self.record.on_published),
            warehouse=ObservedWarehouse(
                inner=PseudonymousWarehouse(inner=self._guarded, pseudonyms=lambda: self._pseudonyms),
                on_merge=self._on_merge(),
                on_vanished=self.stats.on_vanished,
            ),
            clock=self.clock,
            new_token=lambda: uuid4().hex,
            metrics=self._metrics,
        )

    def _on_merge(self) -> Callable[[Batch, int], None]:
        """Return what is done after each merge: it is recorded, and counted."""
        ledger = RowLedger(state=self._state, clock=self.clock)

        def record(batch: Batch, changed: int) -> None:
            ledger.record(batch, changed)
            self.stats.on_merge(batch, changed)
            measure_merge(self._metrics, batch, changed)
            meter_merge(batch, changed)

        return record

    def _settle_erasures(self) -> None:
        settle_erasures(self._settings.database, dataset=self._settings.dataset, clock=self.clock)
