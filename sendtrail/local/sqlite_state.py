"""State documents in a SQLite file; commits survive the death of the process."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import orjson

from sendtrail.clock import Clock
from sendtrail.local.sqlite_file import BUSY_TIMEOUT_S, begin, open_file, translated_errors
from sendtrail.ports import Document, Transaction

T = TypeVar("T")


class SqliteTransaction:
    """Reads and writes in the open transaction of a connection."""

    def __init__(self, connection: sqlite3.Connection, now: datetime) -> None:
        self._connection = connection
        self._now = now

    @property
    def now(self) -> datetime:
        """Return the store's time (UTC): processes that share a file share the machine's clock."""
        return self._now

    def get(self, path: str, /) -> Document | None:
        """Return a document, None if there is none; its times are ISO strings."""
        row = self._connection.execute("SELECT body FROM documents WHERE path = ?", [path]).fetchone()
        return None if row is None else _decoded(row[0])

    def set(self, path: str, document: Document, /) -> None:
        """Replace a document."""
        parent = path.rpartition("/")[0]
        self._connection.execute(
            "INSERT OR REPLACE INTO documents (path, parent, body) VALUES (?, ?, ?)",
            [path, parent, orjson.dumps(dict(document)).decode()],
        )


class SqliteState:
    """Documents by path in a file; usable from many threads and by several processes.

    Threads share one connection and a lock: SQLite allows one writer at a time in any case, a transaction takes less
    than a millisecond, and a thread that ends leaves nothing open.
    """

    def __init__(self, path: Path, *, clock: Clock, busy_timeout_s: float = BUSY_TIMEOUT_S) -> None:
        """Open or create the file; raise SettingsError, saying what to do, if it cannot be used."""
        self._path = path
        self._clock = clock
        self._busy_timeout_s = busy_timeout_s
        self._lock = threading.RLock()
        self._connection = open_file(path)

    def __enter__(self) -> Self:
        """Return the state itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close the file."""
        self.close()

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    def transact(self, work: Callable[[Transaction], T], /) -> T:
        """Run `work` in one transaction and return what it returns.

        Raise Unavailable if the file cannot be written now; after an error of `work`, nothing is changed.
        """
        with self._transaction() as transaction:
            return work(transaction)

    def children(self, collection: str, /) -> Iterator[tuple[str, Document]]:
        """Yield the id and the document of each child of a collection, all as of the same moment."""
        with self._lock, translated_errors(self._path):
            rows = self._connection.execute(
                "SELECT path, body FROM documents WHERE parent = ? ORDER BY path", [collection]
            ).fetchall()
        for path, body in rows:
            yield path.rpartition("/")[2], _decoded(body)

    def documents(self) -> dict[str, str]:
        """Return all documents as JSON, by path."""
        with self._lock, translated_errors(self._path):
            return dict(self._connection.execute("SELECT path, body FROM documents").fetchall())

    @contextmanager
    def _transaction(self) -> Iterator[SqliteTransaction]:
        with self._lock, translated_errors(self._path):
            begin(self._connection, self._path, busy_timeout_s=self._busy_timeout_s)
            try:
                yield SqliteTransaction(self._connection, self._clock.now())
                self._connection.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):  # on a full disk, SQLite has rolled back already
                    self._connection.execute("ROLLBACK")
                raise


def _decoded(body: str) -> dict[str, Any]:
    document: dict[str, Any] = orjson.loads(body)
    return document
