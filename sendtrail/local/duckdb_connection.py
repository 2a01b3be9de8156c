"""The one connection of a process to a DuckDB file: its transactions, its memory, its journal."""

import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import duckdb

from sendtrail.errors import SendtrailError
from sendtrail.local.commit_journal import Event, create_journal, last_event, last_token, record, shorten
from sendtrail.local.duckdb_file import READ_MEMORY_LIMIT, cursor_of, finish, open_file, translated_errors
from sendtrail.local.duckdb_reader import Parameters, run_query
from sendtrail.local.duckdb_sql import parsed
from sendtrail.local.private_files import private_files
from sendtrail.local.write_ahead_log import log_of, say_that_log_is_lost
from sendtrail.warehouse.query_result import QueryResult

T = TypeVar("T")
# So many characters of rows are written before memory is released: that takes a tenth of the time of a small merge.
RELEASE_AFTER = 1_000_000
# Writes into the open transaction, and returns what to do once that is committed.
Companion = Callable[[duckdb.DuckDBPyConnection], Callable[[], None]]


@dataclass(frozen=True, kw_only=True, slots=True)
class DuckDbSettings:
    """How much memory DuckDB may use, however large the tables are; beyond it, DuckDB uses the disk.

    A merge that fails with `memory_limit` (rows of megabytes) is tried once more with `ample_memory_limit`.
    """

    memory_limit: str = "32MB"
    ample_memory_limit: str = "1GB"
    threads: int = 1


class DuckDbConnection:
    """A file that no other process can open meanwhile; what was committed survives kill -9.

    `schemas` are those that are going to be created. `was_killed`: the process before this one did not close the file.
    """

    def __init__(self, path: Path, *, settings: DuckDbSettings, schemas: Iterable[str] = ()) -> None:
        self.path = path
        self._settings, self._schemas = settings, tuple(schemas)
        self.lock = threading.RLock()
        self._companion: Companion | None = None
        self._parent: int | None = None
        self.was_killed = False
        self._unreleased = RELEASE_AFTER
        self.raw = self._open()

    def begin(self, create: Callable[[], None]) -> None:
        """Create what is missing in the file, and record there that it is open."""
        had_log = log_of(self.path).exists()

        def work() -> str | None:
            before = last_event(self.raw)
            create()
            create_journal(self.raw)
            self._parent = last_token(self.raw)
            shorten(self.raw)
            return before

        before = self._transact(work, Event.OPENED)
        if before == Event.OPENED and not had_log:
            say_that_log_is_lost(self.path)
        self.was_killed = before in (Event.OPENED, Event.WORKING)
        self._move_into_file()

    def settle(self, work: Callable[[], None]) -> None:
        """Run `work` in one transaction, and move all that was committed to the file, where no lost log takes it."""
        with self.lock:
            self._transact(work, Event.OPENED)
            self._move_into_file()

    def accompany(self, companion: Companion) -> None:
        """Let a companion write in every transaction from now on."""
        self._companion = companion

    def transact(self, work: Callable[[], T], *, size: int = RELEASE_AFTER) -> T:
        """Run `work` in one transaction and return what it returns; raise Unavailable or Rejected.

        `size`: how many characters it writes, if that is known.
        """
        return self._transact(work, Event.WORKING, size=size)

    def query(self, sql: str, parameters: Parameters | None = None) -> QueryResult:
        """Run a SELECT in DuckDB's SQL; times are aware, in UTC. Read the rows before you close the connection."""
        with self.lock:
            cursor = cursor_of(self.raw)
            self._limit_memory(READ_MEMORY_LIMIT)
            self._unreleased = RELEASE_AFTER
            return run_query(cursor, self.path, sql, parameters)

    def count(self, sql: str, parameters: Parameters) -> int:
        """Run a statement in the open transaction and return how many rows it changed."""
        row = self.raw.execute(parsed(sql), dict(parameters)).fetchone()
        return int(row[0]) if row else 0

    def close(self) -> None:
        """Move everything from the write-ahead log to the file, and close it for others to open."""
        # What could not be moved stays in the log beside the file.
        with self.lock, suppress(duckdb.Error, SendtrailError):
            self._transact(lambda: shorten(self.raw), Event.CLOSED)  # lowers the memory that a query may have raised
            finish(self.raw)
        self.abandon()

    def abandon(self) -> None:
        """Close the file as it is."""
        with private_files():
            self.raw.close()

    def _transact(self, work: Callable[[], T], event: Event, *, size: int = RELEASE_AFTER) -> T:
        with self.lock, translated_errors(self.path):
            self._unreleased += size
            try:
                return self._in_transaction(work, event)
            except duckdb.OutOfMemoryException:
                self._limit_memory(self._settings.ample_memory_limit)
                self._unreleased = RELEASE_AFTER
                return self._in_transaction(work, event)
            finally:
                self._release_memory()

    def _release_memory(self) -> None:
        """Set the limit, also if it is the same: this makes DuckDB release 128 MB and more of memory."""
        if self._unreleased >= RELEASE_AFTER:
            self._limit_memory(self._settings.memory_limit)
            self._unreleased = 0

    def _in_transaction(self, work: Callable[[], T], event: Event) -> T:
        self.raw.execute(parsed("BEGIN"))
        try:
            result = work()
            on_committed = self._companion(self.raw) if self._companion else _do_nothing
            token = record(self.raw, event, parent=self._parent)
            self.raw.execute(parsed("COMMIT"))
        except BaseException as error:
            self._roll_back(error)
            raise
        self._parent = token
        on_committed()
        return result

    def _move_into_file(self) -> None:
        """Move the log to the file, and begin the next one: a file that ends with an opening has lost it."""
        with self.lock, translated_errors(self.path):
            self.raw.execute("CHECKPOINT")
        self.transact(_do_nothing)

    def _limit_memory(self, limit: str) -> None:
        with suppress(duckdb.Error):  # the limit is below what is in use: it stays as it is
            self.raw.execute(f"SET GLOBAL memory_limit = '{limit}'")

    def _roll_back(self, error: BaseException) -> None:
        with suppress(duckdb.Error):  # a failed commit has rolled back already
            self.raw.execute("ROLLBACK")
        if isinstance(error, duckdb.FatalException | duckdb.InternalException):
            # DuckDB refuses every statement from now on, until the file is opened again.
            self.raw.close()
            self.raw = self._open()
            self._parent = last_token(self.raw)

    def _open(self) -> duckdb.DuckDBPyConnection:
        settings = self._settings
        return open_file(self.path, memory_limit=settings.memory_limit, threads=settings.threads, schemas=self._schemas)


def _do_nothing() -> None:
    """Do nothing."""
