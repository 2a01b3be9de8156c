"""A state store that counts as Firestore bills: reads, writes, deletes, and how often one document is written."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TypeVar

from sendtrail.clock import Clock
from sendtrail.ports import Document, Transaction

T = TypeVar("T")

# A read, and a commit, from a function in the database's region.
READ_S, COMMIT_S = 0.008, 0.025


class Documents:
    """What is stored, by collection, and what was done with it."""

    def __init__(self) -> None:
        self._by_collection: dict[str, dict[str, Document]] = {}
        self.reads = self.writes = self.deletes = 0
        self.busiest: Counter[str] = Counter()
        """The most writes of one document in a minute, by the kind of document."""
        self._this_minute: dict[str, tuple[int, int]] = {}

    def forget_counts(self) -> None:
        """Count from here on."""
        self.reads = self.writes = self.deletes = 0
        self.busiest.clear()
        self._this_minute.clear()

    def get(self, path: str) -> Document | None:
        """Return a document, None where there is none."""
        collection, _, name = path.rpartition("/")
        return self._by_collection.get(collection, {}).get(name)

    def children(self, collection: str) -> list[tuple[str, Document]]:
        """Return the id and the document of each child of a collection."""
        return sorted(self._by_collection.get(collection, {}).items())

    def put(self, path: str, document: Document) -> None:
        """Store a document, and count nothing."""
        collection, _, name = path.rpartition("/")
        self._by_collection.setdefault(collection, {})[name] = document

    def count_write(self, path: str, *, minute: int) -> None:
        """Count a write of a document."""
        self.writes += 1
        last, number = self._this_minute.get(path, (minute, 0))
        number = number + 1 if last == minute else 1
        self._this_minute[path] = minute, number
        kind = kind_of(path)
        self.busiest[kind] = max(self.busiest[kind], number)


def kind_of(path: str) -> str:
    """Return a path without the names in it: its collections, and the first word of what is in them."""
    return "/".join(
        part if place % 2 == 0 else part.rpartition("_")[0] for place, part in enumerate(path.split("/"))
    ).rstrip("/")


class _Transaction:
    """Reads each document once, and keeps its writes to itself."""

    def __init__(self, documents: Documents, now: datetime) -> None:
        self._documents, self._now = documents, now
        self.read: dict[str, Document | None] = {}
        self.written: dict[str, Document] = {}

    @property
    def now(self) -> datetime:
        """Return the store's time (UTC)."""
        return self._now

    def get(self, path: str, /) -> Document | None:
        """Return a document, None where there is none."""
        if path in self.written:
            return self.written[path]
        if path not in self.read:
            self.read[path] = self._documents.get(path)
        return self.read[path]

    def set(self, path: str, document: Document, /) -> None:
        """Replace a document."""
        self.written[path] = dict(document)


class PricedState:
    """Satisfies State; a transaction takes the time of its reads and of its commit.

    A document that was read and not written is checked in the commit: that is billed as its write, or as the deletion
    of one that is not there.
    """

    def __init__(self, documents: Documents, clock: Clock) -> None:
        self._documents, self._clock = documents, clock

    def transact(self, work: Callable[[Transaction], T], /) -> T:
        """Run `work` in one transaction and return what it returns."""
        documents, transaction = self._documents, _Transaction(self._documents, self._clock.now())
        result = work(transaction)
        documents.reads += len(transaction.read)
        minute = int(self._clock.monotonic() // 60)
        for path, document in transaction.written.items():
            documents.put(path, document)
            documents.count_write(path, minute=minute)
        if transaction.written:
            checked = [found for path, found in transaction.read.items() if path not in transaction.written]
            documents.writes += sum(found is not None for found in checked)
            documents.deletes += sum(found is None for found in checked)
        self._clock.sleep(READ_S * len(transaction.read) + COMMIT_S * bool(transaction.written))
        return result

    def children(self, collection: str, /) -> Iterator[tuple[str, Document]]:
        """Yield the id and the document of each child of a collection."""
        found = self._documents.children(collection)
        self._documents.reads += max(1, len(found))
        self._clock.sleep(READ_S * (1 + len(found) // 300))
        yield from found
