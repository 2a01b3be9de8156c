"""State documents in memory: one transaction at a time, all of it or nothing."""

import threading
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, TypeVar

import orjson

from sendtrail.clock import Clock
from sendtrail.ports import Document, Transaction

T = TypeVar("T")


class MemoryTransaction:
    """Reads what is stored and keeps its writes, as JSON, to itself until they are applied."""

    def __init__(self, documents: Mapping[str, str], now: datetime) -> None:
        self._documents, self._now = documents, now
        self.written: dict[str, str] = {}

    @property
    def now(self) -> datetime:
        """Return the machine's time (UTC)."""
        return self._now

    def get(self, path: str, /) -> Document | None:
        """Return a document, None if there is none; its times are ISO strings."""
        body = self.written.get(path) or self._documents.get(path)
        return None if body is None else decoded(body)

    def set(self, path: str, document: Document, /) -> None:
        """Replace a document."""
        self.written[path] = encoded(document)


class MemoryState:
    """Documents by path, which end with the process; usable from many threads."""

    def __init__(self, documents: Mapping[str, str], *, clock: Clock) -> None:
        self._documents, self._clock = dict(documents), clock
        self._lock = threading.RLock()

    def transact(self, work: Callable[[Transaction], T], /) -> T:
        """Run `work` in one transaction and return what it returns; after an error of `work`, nothing is changed."""
        with self._lock:
            transaction = MemoryTransaction(self._documents, self._clock.now())
            result = work(transaction)
            self._documents.update(transaction.written)
        return result

    def children(self, collection: str, /) -> Iterator[tuple[str, Document]]:
        """Yield the id and the document of each child of a collection, all as of the same moment."""
        with self._lock:
            found = {path: body for path, body in self._documents.items() if path.rpartition("/")[0] == collection}
        for path, body in sorted(found.items()):
            yield path.rpartition("/")[2], decoded(body)


def encoded(document: Document) -> str:
    """Return a document as JSON."""
    return orjson.dumps(dict(document)).decode()


def decoded(body: str) -> dict[str, Any]:
    """Return the document of a JSON text."""
    document: dict[str, Any] = orjson.loads(body)
    return document
