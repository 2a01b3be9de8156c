"""One instance of a function: a process with the runtime of the deployed code, over adapters that reach the cloud."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count

from pydantic import SecretStr

from sendtrail.delivery.services import DeliverySettings, Services
from sendtrail.delivery.warehouse_breaker import TriedWarehouse
from sendtrail.entrypoints import pushed_messages
from sendtrail.entrypoints.account_failures import OneFailurePerAccount
from sendtrail.entrypoints.runtime import Runtime, observed
from sendtrail.entrypoints.settings import FunctionSettings
from sendtrail.erasure.erased_people import ErasedPeople
from sendtrail.erasure.gone_contacts import GonePlace
from sendtrail.erasure.guarded_warehouse import GuardedWarehouse
from sendtrail.ports import Publisher, State, Topic
from sendtrail.pseudonyms.pseudonymous_warehouse import PseudonymousWarehouse
from sendtrail.pseudonyms.pseudonyms import Pseudonyms
from sendtrail.simulation.bigquery.breaker_watch import BreakerWatch, WatchedBreaker
from sendtrail.simulation.cloud.process import Process, ProcessClock
from sendtrail.simulation.cloud.warehouse import SimulatedWarehouse
from sendtrail.state.connections import Connections
from sendtrail.sync.pairing.row_ledger import RowLedger


@dataclass(eq=False, kw_only=True)
class Instance:
    """A process and its runtime."""

    process: Process
    runtime: Runtime
    watch: BreakerWatch


@dataclass(frozen=True, kw_only=True)
class Adapters:
    """How a process reaches the services of its cloud; `read_secret` returns a key by its name.

    `people` returns the erased list as it is now.
    """

    state: State
    publisher: Publisher
    warehouse: SimulatedWarehouse
    breaker_watch: BreakerWatch
    people: Callable[[], ErasedPeople]
    place: GonePlace
    pseudonyms: Pseudonyms | None
    read_secret: Callable[[str], str]


def new_instance(process: Process, adapters: Adapters, settings: FunctionSettings) -> Instance:
    """Return an instance whose tokens begin with the name of its process."""
    tokens, clock = count(1), ProcessClock(process)
    breaker = WatchedBreaker(clock, adapters.breaker_watch)
    services = Services(
        state=adapters.state,
        publisher=OneFailurePerAccount(adapters.publisher, adapters.state),
        warehouse=observed(
            PseudonymousWarehouse(
                inner=GuardedWarehouse(
                    inner=TriedWarehouse(inner=adapters.warehouse, breaker=breaker),
                    people=adapters.people,
                    clock=clock,
                ),
                pseudonyms=lambda: adapters.pseudonyms,
            ),
            RowLedger(state=adapters.state, clock=clock),
        ),
        clock=clock,
        new_token=lambda: f"{process.name}-{next(tokens)}",
        settings=DeliverySettings(lease_s=settings.lease_s, flush_rows=settings.flush_rows, flush_s=settings.flush_s),
        breaker=breaker,
    )
    connections = Connections(adapters.state, read_secret=lambda name: SecretStr(adapters.read_secret(name)))
    runtime = Runtime(
        settings=settings,
        services=services,
        connections=connections,
        stored_activities=adapters.warehouse,
        erasure=adapters.place,
    )
    return Instance(process=process, runtime=runtime, watch=adapters.breaker_watch)


def handle(runtime: Runtime, *, topic: Topic, data: bytes) -> None:
    """Do what the function does that a message is pushed to."""
    worker = pushed_messages.sync_campaign if topic is Topic.CAMPAIGNS else pushed_messages.sync_contacts
    worker(data, runtime, headers={})
