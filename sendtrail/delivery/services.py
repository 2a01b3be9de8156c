"""What every delivery uses: the adapters behind the ports, and how often it merges and renews its lease."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sendtrail.clock import Clock
from sendtrail.delivery.warehouse_breaker import WarehouseBreaker
from sendtrail.metrics.recording import NO_METRICS, Metrics
from sendtrail.ports import Publisher, State, Warehouse
from sendtrail.state.account_status import AccountStatus


def _ignore(_organization_id: str, _status: AccountStatus, _at: datetime) -> None:
    """Do nothing."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DeliverySettings:
    """How long a lease lasts, and after how many rows or seconds, whichever comes first, a batch is merged."""

    lease_s: float = 120.0
    flush_rows: int = 5_000
    flush_s: float = 60.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Services:
    """The adapters and settings of a delivery; `breaker` is that of its instance, if it has one.

    `on_run_ended` is called with an account the last campaign of whose run has ended, its status, and when that was;
    once a run, also where a campaign that had failed is delivered again.
    """

    state: State
    publisher: Publisher
    warehouse: Warehouse
    clock: Clock
    new_token: Callable[[], str]
    settings: DeliverySettings = DeliverySettings()
    breaker: WarehouseBreaker | None = None
    metrics: Metrics = NO_METRICS
    on_run_ended: Callable[[str, AccountStatus, datetime], None] = _ignore
