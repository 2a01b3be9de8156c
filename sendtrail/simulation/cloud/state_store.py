"""The state store of a simulated cloud: documents in memory, reached by processes over a way that may fail."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any, TypeVar

from sendtrail.domain.work_item import CONTACTS
from sendtrail.errors import Unavailable
from sendtrail.ports import Document, Transaction
from sendtrail.simulation.cloud.process import Process, world_time
from sendtrail.simulation.engine.faults import Fault
from sendtrail.simulation.watching.lease_watch import LeaseWatch
from sendtrail.simulation.watching.withdrawal_watch import WithdrawalWatch
from sendtrail.state.documents import campaign_path, contacts_path
from sendtrail.warehouse.rows import Batch

T = TypeVar("T")
SLOW_S = 20.0


class Documents:
    """What is stored, shared by all processes."""

    def __init__(self) -> None:
        self.by_path: dict[str, Document] = {}
        self.lease_watch, self.withdrawal_watch = LeaseWatch(), WithdrawalWatch()
        self.unwatched_until = 0.0
        """Until then a worker may rely on a lease that it looked at before an older copy was restored."""

    def get(self, path: str) -> Document | None:
        """Return a document, None where there is none."""
        return self.by_path.get(path)

    def put(self, path: str, document: Document) -> None:
        """Store a document, as an operator does."""
        self.by_path[path] = document

    def copy(self) -> Mapping[str, Any]:
        """Return all documents, to be restored later."""
        return dict(self.by_path)

    def restore(self, copy: Mapping[str, Any]) -> None:
        """Store these documents in place of all others."""
        self.by_path = dict(copy)

    def transact(self, work: Callable[[Transaction], T], *, now: datetime) -> T:
        """Run `work` in one transaction."""
        transaction = MemoryTransaction(self, now)
        result = work(transaction)
        self.by_path.update(transaction.writes)
        return result

    def watch_merge(self, batch: Batch) -> None:
        """Look at who merges a batch."""
        whose, subject = batch.item.organization_id, batch.item.subject
        if subject.isdecimal():
            self.lease_watch.merges(batch, self.get(campaign_path(whose, int(subject))))
        elif subject == CONTACTS:  # what a dispatcher merges is nobody's
            self.lease_watch.merges(batch, self.get(contacts_path(whose)))

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


class _Watched:
    """The transaction of a process: what it stores is looked at, and looks as its version of the code has it."""

    def __init__(self, inner: Transaction, process: Process, documents: Documents) -> None:
        self._inner, self._process, self._documents = inner, process, documents
        self.written: list[str] = []

    @property
    def now(self) -> datetime:
        """Return the store's time (UTC)."""
        return self._inner.now

    def get(self, path: str, /) -> Document | None:
        """Return a document, None where there is none."""
        return self._inner.get(path)

    def set(self, path: str, document: Document, /) -> None:
        """Replace a document."""
        after = self._process.writes(document) if self._process.writes else document
        watch, before = self._documents.lease_watch, self._inner.get(path)
        watch.wrote(path, before=before, after=after, by=self._process.name, now=self.now)
        self._documents.withdrawal_watch.wrote(path, before=before, after=after, transaction=self._inner)
        self._inner.set(path, after)
        self.written.append(path)


class _Conflict(Exception):
    """Another process was faster: the transaction changes nothing, and runs again."""


class SimulatedState:
    """Satisfies State for one process."""

    def __init__(self, process: Process, documents: Documents) -> None:
        self._process, self._documents = process, documents

    def transact(self, work: Callable[[Transaction], T], /) -> T:
        """Run `work` in one transaction, perhaps once more than needed, and return what it returns."""
        self._process.step("transacts")
        self._perhaps_unavailable()
        if self._process.faults.strikes(Fault.STATE_CONTENTION):
            with suppress(_Conflict):
                self._run(lambda transaction: _fail(work(transaction)))
            self._process.step("transacts again")
        written: list[str] = []

        def watched(inner: Transaction) -> T:
            transaction = _Watched(inner, self._process, self._documents)
            result = work(transaction)
            written.extend(transaction.written)
            return result

        result = self._run(watched)
        if written:
            self._process.step(f"committed {sorted(set(written))}")
            if self._process.faults.strikes(Fault.STATE_ANSWER_LOST):
                raise Unavailable("the answer of the state store is lost (simulated)")
        return result

    def children(self, collection: str, /) -> Iterator[tuple[str, Document]]:
        """Yield the id and the document of each child of a collection."""
        self._process.step(f"lists {collection}")
        self._perhaps_unavailable()
        yield from self._documents.children(collection)

    def _run(self, work: Callable[[Transaction], T]) -> T:
        return self._documents.transact(work, now=world_time(self._process.scheduler))

    def _perhaps_unavailable(self) -> None:
        if self._process.faults.strikes(Fault.STATE_SLOW):
            self._process.scheduler.sleep(SLOW_S)
        if self._process.faults.strikes(Fault.STATE_UNAVAILABLE):
            raise Unavailable("the state store cannot be reached (simulated)")


def _fail(_result: object) -> None:
    raise _Conflict
