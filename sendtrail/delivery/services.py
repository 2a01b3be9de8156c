"""What every function is given: the adapters behind the ports, and how deliveries are paced."""

from collections.abc import Callable
from dataclasses import dataclass

from sendtrail.clock import Clock
from sendtrail.ports import Publisher, State, Warehouse


@dataclass(frozen=True, kw_only=True, slots=True)
class DeliverySettings:
    """How long a lease lasts, and how much is read before it is merged: rows, or seconds, whichever is first."""

    lease_s: float = 120.0
    flush_rows: int = 5_000
    flush_s: float = 60.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Services:
    """What every delivery needs of the world."""

    state: State
    publisher: Publisher
    warehouse: Warehouse
    clock: Clock
    new_token: Callable[[], str]
    settings: DeliverySettings = DeliverySettings()
