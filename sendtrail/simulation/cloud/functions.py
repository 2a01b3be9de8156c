"""A simulated cloud that runs the functions: processes, their subscriptions, and the dispatcher's schedule."""

import logging
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from itertools import count
from random import Random
from typing import Any

from sendtrail import threads
from sendtrail.domain.deletion_guard import ALWAYS_BELIEVED
from sendtrail.entrypoints.dispatch_accounts import dispatch_accounts
from sendtrail.entrypoints.settings import FunctionSettings
from sendtrail.erasure.erased_people import ErasedPeople, Kind
from sendtrail.erasure.sweep import PeopleTables
from sendtrail.errors import SendtrailError
from sendtrail.local.erasure.people_tables import DuckDbPeopleTables
from sendtrail.ports import Topic, Warehouse
from sendtrail.pseudonyms.pseudonyms import Pseudonyms
from sendtrail.simulation.bigquery.breaker_watch import BreakerWatch
from sendtrail.simulation.bigquery.warehouse_service import WarehouseService
from sendtrail.simulation.cloud.file_store import FileStore, stored_rows
from sendtrail.simulation.cloud.instance import Adapters, Instance, handle, new_instance
from sendtrail.simulation.cloud.memory_people import MemoryPeopleTables
from sendtrail.simulation.cloud.memory_warehouse import MemoryWarehouse, StoredRow
from sendtrail.simulation.cloud.message_queue import MessageQueue, Queued, SimulatedPublisher
from sendtrail.simulation.cloud.other_version import as_before, as_tomorrow, message_before, message_tomorrow
from sendtrail.simulation.cloud.process import Process, ServerClock
from sendtrail.simulation.cloud.state_store import Documents, SimulatedState
from sendtrail.simulation.cloud.warehouse import SimulatedWarehouse
from sendtrail.simulation.engine.faults import Fault, Faults
from sendtrail.simulation.engine.scheduler import Scheduler
from sendtrail.simulation.engine.trace import Trace
from sendtrail.simulation.engine.virtual_threads import VirtualEvent, VirtualThreads
from sendtrail.simulation.operating.gone_place import SimulatedPlace
from sendtrail.simulation.watching.work_watch import WorkWatch
from sendtrail.state.documents import run_path
from sendtrail.sync.due import Request
from sendtrail.warehouse.rows import Table

logger = logging.getLogger(__name__)

ACK_DEADLINE_S = 600.0
RESTART_S = 5.0
# What no version of the code may say of what another one has written.
UNREADABLE = re.compile(r"^not a \w+ message|document cannot be read")
WORKERS = {Topic.CAMPAIGNS: 3, Topic.CONTACTS: 1}
DISPATCH_ATTEMPTS, DISPATCH_PAUSE_S = 5, 60.0


@dataclass(eq=False, kw_only=True)
class Cloud:
    """What all processes share, and the processes."""

    scheduler: Scheduler
    faults: Faults
    trace: Trace
    random: Random
    settings: FunctionSettings
    documents: Documents = field(default_factory=Documents)
    """The state; a FileStore is one machine, whose processes die together."""
    keys: dict[str, str] = field(default_factory=dict)
    """The secrets, by name."""
    contact_ids: dict[str, Callable[[], set[str]]] = field(default_factory=dict)
    """Returns the ids of the contacts that are there, by organization."""
    erased_people: ErasedPeople = field(default_factory=lambda: ErasedPeople(key=b"simulated".ljust(32)))
    """The erased list, which lies apart from the state: a copy of that does not undo an erasure."""
    erased_on_purpose: set[str] = field(default_factory=set)
    """What the erased list has of people whom an operator has erased."""
    pseudonyms: Pseudonyms | None = None
    """What addresses and names are stored under; None: they are stored as they are."""
    unhandled: list[str] = field(default_factory=list)
    """Errors that no function expects, as `process: error`."""
    wrongly_marked: list[str] = field(default_factory=list)
    """Contacts that were marked as deleted while they were there."""
    against_breaker: list[str] = field(default_factory=list)
    """What instances did although their breaker was open, and breakers that were open for no reason."""

    def __post_init__(self) -> None:
        self.tables = MemoryWarehouse(ServerClock(self.scheduler))
        self.warehouse = WarehouseService(self.scheduler, seed=self.faults.seed)
        self.queue = MessageQueue(self.scheduler, self.faults, self.random)
        self.work_watch = WorkWatch(self.documents, self.queue, self.faults)
        self.virtual_threads = VirtualThreads(self.scheduler)
        self._names = count(1)
        self._restarted_at = 0.0
        self._running: list[Process] = []

    def start(self) -> None:
        """Start the workers of every subscription."""
        for topic, workers in WORKERS.items():
            for number in range(workers):
                self.scheduler.spawn(partial(self._serve, topic), name=f"{topic}-{number}")

    def problems(self) -> list[str]:
        """Return what functions did that they must not do, whatever happens."""
        unreadable = [reason for reason in self.queue.failures if UNREADABLE.search(reason)]
        watched = (self.documents.lease_watch, self.documents.withdrawal_watch, self.work_watch)
        noted = [each for watch in watched for each in watch.violations]
        return [*self.unhandled, *noted, *self.wrongly_marked, *self.against_breaker, *unreadable]

    def rows(self, table: Table) -> Sequence[StoredRow]:
        """Return the rows of a table."""
        store = self.documents
        return stored_rows(store.warehouse, table) if isinstance(store, FileStore) else self.tables.rows(table)

    def instance(self, function: str) -> Instance:
        """Return a new process of a function, once its machine is up."""
        if self.scheduler.now < self._restarted_at:
            self.scheduler.sleep(self._restarted_at - self.scheduler.now)
        process = Process(
            name=f"{function}-{next(self._names)}",
            scheduler=self.scheduler,
            faults=self.faults,
            trace=self.trace,
            clock_is_off=timedelta(seconds=self.random.choice((0, 0, 0, -90, 45))),
            on_death=self._kill_machine if isinstance(self.documents, FileStore) else None,
        )
        self._running.append(process)
        if self.faults.strikes(Fault.OLDER_VERSION):
            process.writes, process.publishes = as_before, message_before
        elif self.faults.strikes(Fault.NEWER_VERSION):
            process.writes, process.publishes = as_tomorrow, message_tomorrow
        with threads.using(self.virtual_threads):
            return new_instance(process, self._adapters(process), self.settings)

    def dispatch(self, run_id: str, organization_id: str | None, wanted: Mapping[str, Any]) -> Mapping[str, str] | None:
        """Call the dispatcher as the Scheduler does, again where it fails, for one account or all that are enabled.

        Return the reason of each account that was rejected; None where it did not come to its end.
        """
        for attempt in range(DISPATCH_ATTEMPTS):
            if attempt:
                self.scheduler.sleep(DISPATCH_PAUSE_S)
            failed: dict[str, str] = {}
            done: list[str] = []

            def work(instance: Instance, failed: dict[str, str] = failed, done: list[str] = done) -> None:
                accounts = [organization_id] if organization_id else instance.runtime.connections.enabled()
                requests = [Request(organization_id=account, run_id=run_id, **wanted) for account in accounts]
                with instance.runtime.serving({}):
                    summaries, rejected = dispatch_accounts(requests, instance.runtime)
                    failed.update(rejected)
                    done.extend(summary.organization_id for summary in summaries)

            if self._run(self.instance("dispatcher"), work):
                self._look_at_summaries(run_id, done)
                return failed
        return None

    def _serve(self, topic: Topic) -> None:
        instance = self.instance(topic)
        while True:
            message = self.queue.take(topic)
            if not instance.process.takes_messages:
                instance = self.instance(topic)
            self._deliver(message, instance)

    def _deliver(self, message: Queued, instance: Instance) -> None:
        began_at = self.scheduler.now

        def work(instance: Instance) -> None:
            try:
                with instance.watch.delivering():
                    handle(instance.runtime, topic=message.topic, data=message.data)
            except SendtrailError:
                if self.scheduler.now - began_at > ACK_DEADLINE_S:  # another delivery may have been acknowledged
                    self.queue.lost_some_of.add(message.organization_id)
                raise

        if self._run(instance, work):
            self.queue.acknowledge(message)
            self.work_watch.acknowledged(message, by=instance.process.name)
        else:
            self.queue.refuse(message)

    def _run(self, instance: Instance, work: Callable[[Instance], None]) -> bool:
        """Run a request in a process; return whether it succeeded within the time that is waited for it."""
        ended, succeeded = VirtualEvent(self.scheduler), []

        def run() -> None:
            with threads.using(self.virtual_threads):
                try:
                    work(instance)
                    succeeded.append(True)
                except SendtrailError as error:
                    self.trace.add(self.scheduler.now, instance.process.name, f"raises {type(error).__name__}")
                except Exception as error:
                    logger.exception("unhandled")
                    self.unhandled.append(f"{instance.process.name}: {error!r}")
                ended.set()

        self.scheduler.spawn(run, name=instance.process.name, owner=instance.process)
        ended.wait(ACK_DEADLINE_S)
        return bool(succeeded)

    def _look_at_marks(self, organization_id: str, marked_now: int) -> None:
        """Look whether all who are marked as deleted are gone, and no more were marked at once than is believed."""
        rows = [row for row in self.rows(Table.CONTACTS) if row["organization_id"] == organization_id]
        marked = {row["contact_id"] for row in rows if row["deleted_at"]}
        known = len(rows) - len(marked) + marked_now
        if marked_now > max(ALWAYS_BELIEVED, self.settings.max_deleted_share * known):
            self.wrongly_marked.append(f"{organization_id}: {marked_now} of {known} contacts are marked as deleted")
        there = marked & self.contact_ids[organization_id]()
        if wrong := {each for each in there if not self._is_erased(organization_id, each)}:
            found = f"{len(wrong)} contacts are marked as deleted that are there, such as {min(wrong)}"
            self.wrongly_marked.append(f"{organization_id}: {found}")

    def _is_erased(self, organization_id: str, contact_id: str) -> bool:
        """Return whether somebody is on the erased list: passes leave such rows out, until the erasure deletes them."""
        return self.erased_people.has(Kind.CONTACT, organization_id, contact_id)

    def _look_at_summaries(self, run_id: str, done: Iterable[str]) -> None:
        """Look whether a run that is over has come to its end: its summaries are stored."""
        if any(kind is Fault.OLD_STATE for kind, _ in self.faults.happened):
            return
        stored = (self.documents.get(run_path(run_id)) or {}).get("summaries", {})
        self.unhandled += [f"{each}: {run_id} is over, and has no summary" for each in done if each not in stored]

    def people_tables(self) -> PeopleTables:
        """Return the tables in which people are named."""
        if isinstance(self.documents, FileStore):
            return DuckDbPeopleTables(warehouse=self.documents.warehouse)
        return MemoryPeopleTables(warehouse=self.tables)

    def _write_people(self, people: ErasedPeople) -> None:
        self.erased_people = people

    def _warehouse(self) -> Warehouse:
        return self.documents.warehouse if isinstance(self.documents, FileStore) else self.tables

    def _kill_machine(self) -> None:
        """Kill all processes at once, and leave what is in files."""
        for process in self._running:
            process.is_alive = False
        self._running.clear()
        self.queue.purge()
        if isinstance(self.documents, FileStore):
            self.documents.kill()
        self._restarted_at = self.scheduler.now + RESTART_S

    def _adapters(self, process: Process) -> Adapters:
        watch = BreakerWatch(process.name, lambda: self.scheduler.now, self.against_breaker)
        process.on_request = watch.asks
        return Adapters(
            state=SimulatedState(process, self.documents),
            publisher=SimulatedPublisher(process, self.queue),
            warehouse=SimulatedWarehouse(
                process,
                self.warehouse,
                self._warehouse,
                self.documents,
                watch=watch,
                on_marked=self._look_at_marks,
            ),
            breaker_watch=watch,
            people=lambda: self.erased_people,
            pseudonyms=self.pseudonyms,
            place=SimulatedPlace(
                process=process,
                tables=self.people_tables,
                warehouse=self._warehouse,
                state=SimulatedState(process, self.documents),
                clock=ServerClock(self.scheduler),
                read_people=lambda: self.erased_people,
                write_people=self._write_people,
            ),
            read_secret=self.keys.__getitem__,
        )


def key_name(organization_id: str) -> str:
    """Return the name of the secret that is an account's key."""
    return f"projects/simulated/secrets/{organization_id}"
