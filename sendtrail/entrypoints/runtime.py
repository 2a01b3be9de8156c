"""The settings and adapters of a function on Google Cloud, built once per instance, by its first request."""

import logging
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, cached_property
from uuid import uuid4

from pydantic import SecretStr

from sendtrail.activecampaign.account import Account
from sendtrail.activecampaign.account_factory import AccountFactory
from sendtrail.clock import Clock, Deadline, SystemClock
from sendtrail.delivery.fair_share import FairShare
from sendtrail.delivery.merge_metrics import measure_merge, meter_merge
from sendtrail.delivery.observed_warehouse import ObservedWarehouse
from sendtrail.delivery.services import DeliverySettings, Services
from sendtrail.delivery.usage_meter import add_response
from sendtrail.delivery.warehouse_breaker import TriedWarehouse, WarehouseBreaker
from sendtrail.domain.connection import Connection
from sendtrail.domain.request_rate import Priority
from sendtrail.entrypoints.account_failures import OneFailurePerAccount
from sendtrail.entrypoints.settings import FunctionSettings
from sendtrail.entrypoints.worker_erasure import WorkerPlace
from sendtrail.erasure.erased_people import ErasedPeople
from sendtrail.erasure.gone_contacts import GonePlace
from sendtrail.erasure.guarded_warehouse import GuardedWarehouse
from sendtrail.erasure.stored_people import StoredPeople
from sendtrail.erasure.sweep import PeopleTables
from sendtrail.errors import Rejected, SettingsError
from sendtrail.gcp.bigquery_jobs import Jobs
from sendtrail.gcp.bigquery_stored_rows import BigQueryStoredRows
from sendtrail.gcp.bigquery_warehouse import BigQueryWarehouse
from sendtrail.gcp.clients import bigquery_client, firestore_client, publisher_client, secret_client
from sendtrail.gcp.erasure.erasure_key import read_key, read_or_make_key
from sendtrail.gcp.erasure.people_tables import BigQueryPeopleTables
from sendtrail.gcp.firestore_api import Database
from sendtrail.gcp.firestore_state import FirestoreState
from sendtrail.gcp.pubsub import PubSubPublisher
from sendtrail.gcp.secret_manager import SecretManagerKeys
from sendtrail.logs import Event, configure_json, labels, log_event, traced
from sendtrail.metrics.recording import NO_METRICS, Metrics, SentMetrics, measure_response, measure_run, outcome_of
from sendtrail.ports import State, Warehouse
from sendtrail.pseudonyms.pseudonym_choice import holds_addresses
from sendtrail.pseudonyms.pseudonymous_warehouse import PseudonymousWarehouse
from sendtrail.pseudonyms.stored_pseudonyms import AgreedPseudonyms
from sendtrail.state.account_status import AccountStatus
from sendtrail.state.connections import Connections
from sendtrail.state.erased_list import read_erased_list
from sendtrail.sync.pairing.account_guard import claimed_account, ensure_host
from sendtrail.sync.pairing.row_counts import StoredActivities
from sendtrail.sync.pairing.row_ledger import RowLedger
from sendtrail.telemetry.configured_metrics import configured_metrics
from sendtrail.warehouse.rows import Batch, activity_rows

logger = logging.getLogger(__name__)

TOO_MANY_REQUESTS = 429

# When the current request must end, on the monotonic clock: no job of BigQuery runs longer.
_ends_at: ContextVar[float] = ContextVar("ends_at", default=float("inf"))


_override: ContextVar["Runtime | None"] = ContextVar("override", default=None)
_building = threading.Lock()


@dataclass(frozen=True, kw_only=True)
class Runtime:
    """The settings, adapters and accounts of one instance; any number of requests may use it at once.

    `stored_activities` counts what is stored, for the dispatcher; None where nothing else can write to the warehouse.
    `erasure` is where the contacts worker erases who is gone.
    """

    settings: FunctionSettings
    services: Services
    connections: Connections
    stored_activities: StoredActivities | None = None
    metrics: SentMetrics = NO_METRICS
    erasure: GonePlace | None = None
    share: FairShare = field(default_factory=FairShare)

    @cached_property
    def _accounts(self) -> AccountFactory:
        return AccountFactory(self.services.state, self.services.clock, block=self.settings.budget_block)

    @contextmanager
    def serving(self, headers: Mapping[str, str]) -> Iterator[Deadline]:
        """Serve a request with these headers; yield the time budget of its delivery."""
        clock, settings = self.services.clock, self.settings
        token = _ends_at.set(clock.monotonic() + settings.job_deadline_s)
        try:
            with traced(headers, project_id=settings.project_id):
                yield Deadline(clock, budget_s=settings.time_budget_s)
        finally:
            _ends_at.reset(token)
            self.metrics.flush()  # between requests an instance has no processor

    @contextmanager
    def account(self, organization_id: str, priority: Priority = Priority.INCREMENTAL) -> Iterator[Account]:
        """Yield an account by its connection as it is now, while this instance has a thread for it.

        Raise Busy where others of this account have its share, Rejected if its connection cannot be used or leads
        elsewhere.
        """
        statuses: Counter[int] = Counter()

        def on_response(status: int) -> None:
            statuses.update([status])
            add_response(status)
            measure_response(self.metrics, organization_id, status)

        with labels(organization_id=organization_id), self.share.of(organization_id):
            connection = self._connection(organization_id)
            try:
                yield self._accounts.account(connection, priority=priority, on_response=on_response)
            finally:
                throttled = statuses[TOO_MANY_REQUESTS]
                log_event(logger, Event.API_USED, requests=statuses.total(), throttled=throttled)

    def _connection(self, organization_id: str) -> Connection:
        try:
            connection = self.connections.load(organization_id)
            ensure_host(claimed_account(connection), self.services.state)
            return connection
        except SettingsError as error:
            raise Rejected(str(error)) from error


def log_merge(batch: Batch, _changed: int) -> None:
    """Log how many activities of each type were merged, which the dashboard counts."""
    types = Counter(row["event_type"] for row in activity_rows(batch))
    for event_type, rows in sorted(types.items()):
        log_event(logger, Event.ACTIVITIES_MERGED, event_type=event_type, rows=rows)


def observed(warehouse: Warehouse, ledger: RowLedger, metrics: Metrics = NO_METRICS) -> ObservedWarehouse:
    """Return a warehouse each of whose merges is recorded, logged and measured."""

    def record(batch: Batch, changed: int) -> None:
        ledger.record(batch, changed)
        log_merge(batch, changed)
        measure_merge(metrics, batch, changed)
        meter_merge(batch, changed)

    return ObservedWarehouse(inner=warehouse, on_merge=record)


def measured_end(metrics: Metrics) -> Callable[[str, AccountStatus, datetime], None]:
    """Return what measures a run when the last of its campaigns has ended."""

    def record(organization_id: str, status: AccountStatus, at: datetime) -> None:
        seconds = (at - status.last_run).total_seconds()
        measure_run(metrics, organization_id, outcome_of(status.failures), seconds=seconds)

    return record


def runtime() -> Runtime:
    """Return the runtime of this instance; raise SettingsError with all problems of its environment."""
    override = _override.get()
    if override is not None:
        return override
    with _building:  # the first requests of an instance arrive at the same time
        return _built()


@contextmanager
def override_runtime(override: Runtime) -> Iterator[None]:
    """Serve the requests of this block with another runtime than the environment describes, such as one of fakes."""
    token = _override.set(override)
    try:
        yield
    finally:
        _override.reset(token)


@cache
def _built() -> Runtime:
    configure_json()  # so that errors in the settings are logged as JSON, too
    settings = FunctionSettings.read()
    configure_json(settings.log_level)
    clock = SystemClock()
    state = FirestoreState(_database(settings), clock=clock, new_id=_new_id)
    warehouse, stored, tables = _bigquery(settings, clock)
    breaker, metrics = WarehouseBreaker(clock), configured_metrics(clock, is_periodic=False)
    services = Services(
        state=state,
        publisher=OneFailurePerAccount(PubSubPublisher(publisher_client(), topics=settings.topics), state),
        warehouse=observed(
            PseudonymousWarehouse(
                inner=guarded(TriedWarehouse(inner=warehouse, breaker=breaker), state, settings, clock),
                pseudonyms=pseudonyms_of(settings, state, tables),
            ),
            RowLedger(state=state, clock=clock),
            metrics,
        ),
        clock=clock,
        new_token=_new_id,
        settings=DeliverySettings(lease_s=settings.lease_s, flush_rows=settings.flush_rows, flush_s=settings.flush_s),
        breaker=breaker,
        metrics=metrics,
        on_run_ended=measured_end(metrics),
    )
    return Runtime(
        settings=settings,
        services=services,
        connections=_connections(state),
        stored_activities=stored,
        metrics=metrics,
        erasure=WorkerPlace(tables=tables, warehouse=warehouse, state=state, key=_new_key(settings), clock=clock),
    )


def _database(settings: FunctionSettings) -> Database:
    client = firestore_client(settings.firestore_emulator_host)
    return Database(client, project_id=settings.project_id, database=settings.firestore_database)


def _bigquery(
    settings: FunctionSettings, clock: SystemClock
) -> tuple[BigQueryWarehouse, BigQueryStoredRows, Callable[[], BigQueryPeopleTables]]:
    client = bigquery_client(settings.project_id, location=settings.location, endpoint=settings.bigquery_endpoint)
    jobs, most = Jobs(client, clock=clock, seconds_left=seconds_left(clock)), settings.maximum_bytes_billed
    warehouse = BigQueryWarehouse(client, jobs, datasets=settings.datasets, new_id=_new_id, maximum_bytes_billed=most)
    stored = BigQueryStoredRows(
        client=client, jobs=jobs, dataset=settings.dataset, new_id=_new_id, maximum_bytes_billed=most
    )

    def tables() -> BigQueryPeopleTables:
        return BigQueryPeopleTables(
            client=client, jobs=jobs, datasets=settings.datasets, new_id=_new_id, maximum_bytes_billed=most
        )

    return warehouse, stored, tables


def guarded(warehouse: Warehouse, state: State, settings: FunctionSettings, clock: Clock) -> GuardedWarehouse:
    """Return a warehouse that stores no row of an erased person; the key is asked for once there is one.

    It raises Rejected for every batch while the list or its key cannot be read.
    """

    def key() -> str:
        secret = _key_secret(settings)
        return read_key(secret_client(), secret)

    stored = StoredPeople(state, key)

    def people() -> ErasedPeople:
        try:
            return stored()
        except SettingsError as error:  # a failure of the account's, until somebody mends it
            raise Rejected(str(error)) from error

    return GuardedWarehouse(inner=warehouse, people=people, clock=clock)


def pseudonyms_of(settings: FunctionSettings, state: State, tables: Callable[[], PeopleTables]) -> AgreedPseudonyms:
    """Return what returns the pseudonyms before each batch; their key is made by the first one."""

    def key() -> str:
        if not settings.pseudonym_key_secret:
            raise SettingsError(["SENDTRAIL_PSEUDONYM_KEY_SECRET: pseudonyms are stored, and it names no secret"])
        return read_or_make_key(secret_client(), settings.pseudonym_key_secret)

    def holds_anybody() -> bool:  # who was erased by an address as it is has no pseudonym on the list
        return read_erased_list(state) is not None or holds_addresses(tables())

    return AgreedPseudonyms(state, key if settings.pseudonyms else None, holds_addresses=holds_anybody)


def _new_key(settings: FunctionSettings) -> Callable[[], str]:
    """Return what returns the key of the erased list, made by the first erasure."""

    def key() -> str:
        secret = _key_secret(settings)
        return read_or_make_key(secret_client(), secret)

    return key


def _key_secret(settings: FunctionSettings) -> str:
    if not settings.erasure_key_secret:
        raise SettingsError(["SENDTRAIL_ERASURE_KEY_SECRET: people are erased, and it names no secret"])
    return settings.erasure_key_secret


def seconds_left(clock: Clock) -> Callable[[], float]:
    """Return how many seconds the current request's jobs have left, as often as it is asked."""
    return lambda: _ends_at.get() - clock.monotonic()


def _connections(state: State) -> Connections:
    @cache
    def keys() -> SecretManagerKeys:  # created only if a connection names a secret
        return SecretManagerKeys(secret_client())

    def read_secret(reference: str) -> SecretStr:
        return keys()(reference)

    return Connections(state, read_secret=read_secret)


def _new_id() -> str:
    return uuid4().hex
