"""State documents in the DuckDB file that they describe, so that a copy of that one file is complete.

While a process works, the documents are in its memory: no other process has the file open. Each commit takes along what
is not stored yet, and all rows that it speaks of were committed to the same file before: the stored state is never
ahead of the rows, whichever of its commits a copy or a lost log ends with. A change is committed at once, soon or with
the next commit, depending on what losing it would cost.
"""

import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from enum import Enum, auto
from types import TracebackType
from typing import Self, TypeVar

import duckdb

from sendtrail.clock import Clock
from sendtrail.errors import SendtrailError
from sendtrail.local.duckdb_warehouse import DuckDbWarehouse
from sendtrail.local.state.memory_state import MemoryState, MemoryTransaction, decoded, encoded
from sendtrail.local.state.state_table import StateTable
from sendtrail.ports import Transaction
from sendtrail.state.documents import budget_path
from sendtrail.state.stored_rows import merged_path

T = TypeVar("T")

# What a kill takes of these costs a second, or accuses nobody.
_IN_NO_HURRY = (budget_path(""), merged_path(""))
_SYNC_STATE = "sync_state/"
# How long a kill may undo what was read.
SOON_S = 1.0
# What a checkpoint says of the process that works on it: losing it with that process costs nothing.
_OF_THE_PROCESS = frozenset(
    {
        "lease", "updated_at", "run_id", "sequence", "status", "continuation_pending", "new_rows", "reason", "backfill",
    }
)  # fmt: skip


# How far the reading is, and the counters of a run: losing it has a few pages read again, which changes nothing.
_OF_THE_READING = frozenset(
    {
        "progress", "synced",
        "activities_synced_today", "last_sync_date", "campaigns_completed", "campaigns_failed",
    }
)  # fmt: skip


# What changes where somebody has asked for something, or taken it back: nothing brings that back if the log is lost.
_OF_A_PERSON = "last_asked_at"


class Urgency(Enum):
    """When a change is committed, and whether it waits in the log until the file is closed."""

    WITH_THE_NEXT = auto()
    SOON = auto()
    AT_ONCE = auto()
    INTO_THE_FILE = auto()


def start_timer(delay_s: float, action: Callable[[], None]) -> Callable[[], None]:
    """Run an action in a thread of its own after some seconds; return what cancels it."""
    timer = threading.Timer(delay_s, action)
    timer.daemon = True
    timer.start()
    return timer.cancel


class DuckDbState(MemoryState):
    """The documents of one dataset; usable from many threads.

    A transaction that concerns the rate budget alone never waits for a merge. Leases are those of dead processes when
    the file is opened, so there are none.
    """

    def __init__(
        self,
        warehouse: DuckDbWarehouse,
        *,
        clock: Clock,
        timer: Callable[[float, Callable[[], None]], Callable[[], None]] = start_timer,
    ) -> None:
        """Read the documents of a warehouse's dataset; raise SettingsError or Unavailable if that cannot be done."""
        self._connection = warehouse.connection
        self._table = StateTable(self._connection, dataset=warehouse.dataset)
        documents = self._table.load()
        super().__init__({path: without_lease(path, body) for path, body in documents.items()}, clock=clock)
        self._dirty: dict[str, str] = {}
        self._timer = timer
        self._cancel_timer: Callable[[], None] | None = None
        self._connection.accompany(self._write)

    def __enter__(self) -> Self:
        """Return the state itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Store what is not stored yet."""
        self.close()

    def close(self) -> None:
        """Store what is not stored yet; what cannot be stored is read again by the next process."""
        with self._lock:
            cancel = self._cancel_timer
        if cancel is not None:
            cancel()
        with suppress(SendtrailError):
            self.flush()
            self._table.shorten(len(self._documents))

    def transact(self, work: Callable[[Transaction], T], /) -> T:
        """Run `work` in one transaction and return what it returns; raise Unavailable if it cannot be stored now.

        After an error of `work`, nothing is changed. What could not be stored is stored with the next transaction.
        """
        with self._lock:
            transaction = MemoryTransaction(self._documents, self._clock.now())
            result = work(transaction)
            written = transaction.written
            urgencies = [_urgency(path, self._documents.get(path), body) for path, body in written.items()]
            self._documents.update(written)
            self._dirty.update(written)
        if Urgency.INTO_THE_FILE in urgencies:
            self._connection.settle(lambda: None)
        elif Urgency.AT_ONCE in urgencies:
            self._store(written)
        elif Urgency.SOON in urgencies:
            self._store_soon()
        return result

    def flush(self) -> None:
        """Store everything now."""
        with self._lock:
            dirty = dict(self._dirty)
        if dirty:
            self._store(dirty)

    def documents(self) -> Mapping[str, str]:
        """Return all documents as JSON, by path."""
        with self._lock:
            return dict(self._documents)

    def replace_all(self, documents: Mapping[str, str]) -> None:
        """Store these documents in place of all others, in one transaction, in the file itself."""
        with self._connection.lock, self._lock:
            self._documents, self._dirty = dict(documents), dict(documents)
            self._connection.settle(self._table.clear)

    def forget_versions(self) -> None:
        """Store everything now, and delete all earlier versions of the documents."""
        self.flush()
        self._table.delete_earlier()

    def _store_soon(self) -> None:
        with self._lock:
            if self._cancel_timer is None:
                self._cancel_timer = self._timer(SOON_S, self._on_timer)

    def _on_timer(self) -> None:
        with self._lock:
            self._cancel_timer = None
        with suppress(SendtrailError):  # the next commit tries again; a delivery that needs the file says so
            self.flush()

    def _store(self, documents: Mapping[str, str]) -> None:
        """Commit, unless another thread's commit has taken the documents along meanwhile."""
        with self._connection.lock:
            with self._lock:
                is_stored = all(self._dirty.get(path) is not body for path, body in documents.items())
            if not is_stored:
                self._connection.transact(lambda: None, size=sum(map(len, documents.values())))

    def _write(self, connection: duckdb.DuckDBPyConnection) -> Callable[[], None]:
        """Add what is not stored yet to the open transaction."""
        with self._lock:
            dirty = dict(self._dirty)
        if dirty:
            self._table.add(connection, dirty)
        return lambda: self._forget_dirty(dirty)

    def _forget_dirty(self, stored: Mapping[str, str]) -> None:
        with self._lock:
            self._dirty = {path: body for path, body in self._dirty.items() if stored.get(path) is not body}


def without_lease(path: str, body: str) -> str:
    """Return a checkpoint without the lease of a process that has ended; any other document as it is."""
    if not path.startswith(_SYNC_STATE) or '"lease":{' not in body:
        return body
    return encoded({**decoded(body), "lease": None})


def _urgency(path: str, before: str | None, after: str) -> Urgency:
    """Return when a change is to be committed: at once whatever this module does not know, and what somebody wants."""
    if path.startswith(_IN_NO_HURRY):
        return Urgency.WITH_THE_NEXT
    if not path.startswith(_SYNC_STATE):
        return Urgency.AT_ONCE
    old, new = {} if before is None else decoded(before), decoded(after)
    changed = {name for name in old.keys() | new.keys() if old.get(name) != new.get(name)}
    if _OF_A_PERSON in changed:
        return Urgency.INTO_THE_FILE
    if changed <= _OF_THE_PROCESS:
        return Urgency.WITH_THE_NEXT
    return Urgency.SOON if changed <= _OF_THE_PROCESS | _OF_THE_READING else Urgency.AT_ONCE
