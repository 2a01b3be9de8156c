"""The state store of a simulated cloud: documents in memory, reached by processes over a way that may fail."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import TypeVar

from sendtrail.errors import Unavailable
from sendtrail.ports import Document, Transaction
from sendtrail.simulation.cloud.lease_watch import LeaseWatch
from sendtrail.simulation.cloud.process import Process, world_time
from sendtrail.simulation.engine.faults import Fault
from sendtrail.state.documents import campaign_path, contacts_path
from sendtrail.warehouse.rows import Batch, Table

T = TypeVar("T")
SLOW_S = 20.0


class Documents:
    """What is stored, shared by all processes."""

    def __init__(self) -> None:
        self.by_path: dict[str, Document] = {}
        self.lease_watch = LeaseWatch()

    def write(self, writes: Mapping[str, Document], *, by: str, now: datetime) -> None:
        """Store what a process has committed."""
        for path, document in writes.items():
            self.lease_watch.wrote(path, before=self.by_path.get(path), after=document, by=by, now=now)
        self.by_path.update(writes)

    def watch_merge(self, batch: Batch) -> None:
        """Look at who merges a batch."""
        whose, subject = batch.item.organization_id, batch.item.subject
        path = campaign_path(whose, int(subject)) if subject.isdecimal() else contacts_path(whose)
        self.lease_watch.merges(batch, self.by_path.get(path) if batch.table is not Table.CAMPAIGNS else None)

    def children(self, collection: str) -> list[tuple[str, Document]]:
        """Return the id and the document of each child of a collection."""
        found = []
        for path, document in sorted(self.by_path.items()):
            parent, _, name = path.rpartition("/")
            if parent == collection:
                found.append((name, document))
        return found


class MemoryTransaction:
    """Reads what is stored and keeps its writes to itself until they are applied."""

    def __init__(self, documents: Documents, now: datetime) -> None:
        self._documents = documents
        self._now = now
        self.writes: dict[str, Document] = {}

    @property
    def now(self) -> datetime:
        """Return the store's time (UTC)."""
        return self._now

    def get(self, path: str, /) -> Document | None:
        """Return a document, None where there is none."""
        return self.writes.get(path) or self._documents.by_path.get(path)

    def set(self, path: str, document: Document, /) -> None:
        """Replace a document."""
        self.writes[path] = dict(document)


class SimulatedState:
    """Satisfies State for one process."""

    def __init__(self, process: Process, documents: Documents) -> None:
        self._process, self._documents = process, documents

    def transact(self, work: Callable[[Transaction], T], /) -> T:
        """Run `work` in one transaction, perhaps once more than needed, and return what it returns."""
        self._process.step("transacts")
        self._perhaps_unavailable()
        if self._process.faults.strikes(Fault.STATE_CONTENTION):
            work(self._transaction())
            self._process.step("transacts again")
        transaction = self._transaction()
        result = work(transaction)
        writes = transaction.writes
        if self._process.writes:
            writes = {path: self._process.writes(document) for path, document in writes.items()}
        self._documents.write(writes, by=self._process.name, now=transaction.now)
        if transaction.writes:
            self._process.step(f"committed {sorted(transaction.writes)}")
            if self._process.faults.strikes(Fault.STATE_ANSWER_LOST):
                raise Unavailable("the answer of the state store is lost (simulated)")
        return result

    def children(self, collection: str, /) -> Iterator[tuple[str, Document]]:
        """Yield the id and the document of each child of a collection."""
        self._process.step(f"lists {collection}")
        self._perhaps_unavailable()
        yield from self._documents.children(collection)

    def _transaction(self) -> MemoryTransaction:
        return MemoryTransaction(self._documents, world_time(self._process.scheduler))

    def _perhaps_unavailable(self) -> None:
        if self._process.faults.strikes(Fault.STATE_SLOW):
            self._process.scheduler.sleep(SLOW_S)
        if self._process.faults.strikes(Fault.STATE_UNAVAILABLE):
            raise Unavailable("the state store cannot be reached (simulated)")
