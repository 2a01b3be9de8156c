"""The functions of a fleet: instances that Cloud Run starts as messages come, and the runtime that is deployed."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from itertools import count
from typing import cast

from pydantic import SecretStr

from benchmarks.fleet.account import FleetAccount
from benchmarks.fleet.clock import FleetClock
from benchmarks.fleet.warehouse import FleetWarehouse
from sendtrail.activecampaign.account import Account
from sendtrail.delivery.services import DeliverySettings, Services
from sendtrail.delivery.warehouse_breaker import TriedWarehouse, WarehouseBreaker
from sendtrail.domain.connection import Connection
from sendtrail.domain.request_rate import Priority
from sendtrail.entrypoints.account_failures import OneFailurePerAccount
from sendtrail.entrypoints.runtime import Runtime, observed, seconds_left
from sendtrail.entrypoints.settings import FunctionSettings
from sendtrail.logs import labels
from sendtrail.ports import Publisher, State
from sendtrail.rate_limit.budget import RateBudget
from sendtrail.rate_limit.pause_watch import PauseWatch
from sendtrail.rate_limit.sliding_window import SlidingWindow, sliding_window
from sendtrail.state.connections import Connections
from sendtrail.sync.pairing.row_ledger import RowLedger

# From a connection and its budget.
MakeAccount = Callable[[Connection, RateBudget], FleetAccount]


@dataclass(frozen=True, kw_only=True)
class FleetRuntime(Runtime):
    """The runtime of an instance, whose accounts are the fleet's."""

    make_account: MakeAccount

    @cached_property
    def _budgets(self) -> dict[tuple[str, Priority], RateBudget]:
        return {}

    @cached_property
    def _windows(self) -> dict[str, SlidingWindow]:
        return {}

    @cached_property
    def _pauses(self) -> dict[str, PauseWatch]:
        return {}

    @contextmanager
    def account(self, organization_id: str, priority: Priority = Priority.INCREMENTAL) -> Iterator[Account]:
        """Yield an account, while this instance has a thread for it."""
        with labels(organization_id=organization_id), self.share.of(organization_id):
            connection = self._connection(organization_id)
            made = self.make_account(connection, self._budget(connection, priority))
            yield cast("Account", made)  # it has what the functions use of one

    def _budget(self, connection: Connection, priority: Priority) -> RateBudget:
        """Return the budget that the deliveries of an account share in this instance, as an AccountFactory makes it."""
        state, clock, whose = self.services.state, self.services.clock, connection.organization_id
        limit = connection.rate_limit
        window = self._windows.setdefault(whose, sliding_window(clock, requests_per_second=limit.per_second))
        pause = self._pauses.setdefault(whose, PauseWatch(state, clock, organization_id=whose))
        if (whose, priority) not in self._budgets:
            self._budgets[whose, priority] = RateBudget(
                state,
                clock,
                organization_id=whose,
                rate_limit=limit,
                sliding_window=window,
                priority=priority,
                block=self.settings.budget_block,
                before_request=pause.ensure_running,
            )
        return self._budgets[whose, priority]


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What the instances of a fleet reach."""

    state: State
    publisher: Publisher
    clock: FleetClock
    warehouse: Callable[[Callable[[], float]], FleetWarehouse]
    make_account: MakeAccount
    settings: FunctionSettings


def new_runtime(name: str, parts: Parts) -> FleetRuntime:
    """Return the runtime of a new instance."""
    clock, settings, tokens = parts.clock, parts.settings, count(1)
    breaker = WarehouseBreaker(clock)
    warehouse = parts.warehouse(seconds_left(clock))
    services = Services(
        state=parts.state,
        publisher=OneFailurePerAccount(parts.publisher, parts.state),
        warehouse=observed(TriedWarehouse(inner=warehouse, breaker=breaker), RowLedger(state=parts.state, clock=clock)),
        clock=clock,
        new_token=lambda: f"{name}-{next(tokens)}",
        settings=DeliverySettings(lease_s=settings.lease_s, flush_rows=settings.flush_rows, flush_s=settings.flush_s),
        breaker=breaker,
    )
    return FleetRuntime(
        settings=settings,
        services=services,
        connections=Connections(parts.state, read_secret=SecretStr),
        stored_activities=warehouse,
        make_account=parts.make_account,
    )


@dataclass(kw_only=True)
class Instance:
    """An instance, and since when it has work."""

    runtime: FleetRuntime
    active: int = 0
    busy_since: float = 0.0


@dataclass(kw_only=True)
class Function:
    """A function: up to so many instances, each of which handles so many requests at once."""

    make: Callable[[], FleetRuntime]
    concurrency: int
    max_instances: int
    start_s: float
    instances: list[Instance] = field(default_factory=list)
    busy_s: float = 0.0
    calls: int = 0

    def take(self, now: float) -> Instance | None:
        """Return an instance that has a thread, the first that has, and a new one where none has; None at the most."""
        instance = next((each for each in self.instances if each.active < self.concurrency), None)
        if instance is None:
            if len(self.instances) >= self.max_instances:
                return None
            instance = Instance(runtime=self.make())
            self.instances.append(instance)
        if not instance.active:
            instance.busy_since = now
            self.busy_s += self.start_s
        instance.active += 1
        self.calls += 1
        return instance

    def leave(self, instance: Instance, now: float) -> None:
        """Give a thread back."""
        instance.active -= 1
        if not instance.active:
            self.busy_s += now - instance.busy_since
