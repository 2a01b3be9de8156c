"""The warehouse in a DuckDB file: the same `sql/` as on BigQuery, for one process at a time."""

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

import duckdb

from sendtrail.clock import Clock, SystemClock
from sendtrail.domain.contact import PassCounts
from sendtrail.domain.timestamp_meaning import TimestampEvidence
from sendtrail.local.duckdb_file import finish, open_file, translated_errors
from sendtrail.local.duckdb_reader import READ_MEMORY_LIMIT, Parameters, run_query
from sendtrail.local.duckdb_sql import BATCH, create_tables, load_statement, staging_of, statement
from sendtrail.local.duckdb_views import create_views
from sendtrail.local.private_files import make_private, private_files
from sendtrail.ports import LeaseCheck, no_lease
from sendtrail.warehouse.query_result import QueryResult
from sendtrail.warehouse.rows import Batch, activity_rows, json_lines
from sendtrail.warehouse.tables import checked_name

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True, slots=True)
class DuckDbSettings:
    """How much memory DuckDB may use, however large the tables are; beyond it, DuckDB uses the disk.

    A merge that fails with `memory_limit` (rows of megabytes) is tried once more with `ample_memory_limit`.
    """

    memory_limit: str = "32MB"
    ample_memory_limit: str = "1GB"
    threads: int = 1


class DuckDbWarehouse:
    """Tables in a file that no other process can open meanwhile; once merge() has returned, its rows survive kill -9.

    Merges run one after the other: two insert-only MERGEs of the same new key would both insert it.
    """

    def __init__(
        self,
        path: Path,
        *,
        dataset: str = "marketing_ai",
        settings: DuckDbSettings | None = None,
        clock: Clock | None = None,
    ) -> None:
        """Open or create the file and its tables; raise SettingsError, saying what to do, if it cannot be used."""
        self._path = path
        self._dataset = checked_name(dataset)
        self._settings = settings or DuckDbSettings()
        self._clock = clock or SystemClock()
        self._lock = threading.RLock()
        self._connection = self._open()
        try:
            self._transact(self._create)
            make_private(path, ".wal")  # not before it is known to be a database of Sendtrail
        except BaseException:
            self._connection.close()
            raise

    def __enter__(self) -> Self:
        """Return the warehouse itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close the file."""
        self.close()

    def merge(self, batch: Batch, /, *, check_lease: LeaseCheck = no_lease) -> int:
        """Merge a batch in one transaction and return the rows inserted or changed.

        Raise Unavailable if the disk is full, Rejected if the rows do not fit the table.
        """
        parts = list(slices(json_lines(batch.rows)))  # an empty batch has none
        return self._write(lambda: sum(self._merge_part(batch, lines) for lines in parts), check_lease)

    def pass_counts(self, organization_id: str, *, pass_id: str, started_at: datetime) -> PassCounts:
        """Return what the pass `pass_id`, which began at `started_at`, means for the stored contacts."""
        sql = statement("contacts/pass_counts", dataset=self._dataset)
        whose = {"organization_id": organization_id, "pass_id": pass_id}
        times = {"started_at": _text(started_at), "now": _text(self._clock.now())}
        [(known, unseen, seen)] = self.query(sql, {**whose, **times}).rows
        return PassCounts(known=known, unseen=unseen, seen=seen)

    def mark_vanished(
        self, organization_id: str, *, pass_id: str, seen: int, at: datetime, check_lease: LeaseCheck = no_lease
    ) -> int:
        """Set `deleted_at` on the contacts that a complete pass did not see; return how many."""
        whose = {"organization_id": organization_id, "pass_id": pass_id}

        def work() -> int:
            marked = self._count("contacts/mark_vanished", {**whose, "seen": seen, "at": _text(at)})
            self._count("contacts/forget_other_passes", whose)
            return marked

        return self._write(work, check_lease)

    def forget_pass(self, organization_id: str, *, pass_id: str, check_lease: LeaseCheck = no_lease) -> None:
        """Forget whom a pass saw that is over."""
        whose = {"organization_id": organization_id, "pass_id": pass_id}
        self._write(lambda: self._count("contacts/forget_pass", whose), check_lease)

    def timestamp_evidence(self, organization_id: str, *, since: date) -> Mapping[str, TimestampEvidence]:
        """Return, by event type, what the times of an account's rows did while their counts grew, from a day on."""
        sql = statement("email_activities/timestamp_evidence", dataset=self._dataset)
        rows = self.query(sql, {"organization_id": organization_id, "first_date": since}).rows
        return {event_type: TimestampEvidence(moved=moved, stood=stood) for event_type, moved, stood in rows}

    @property
    def identity(self) -> str:
        """Return the token of this dataset, which was created with its tables; no other dataset has the same."""
        rows = self.query(f'SELECT id FROM "{staging_of(self._dataset)}"."identity"').rows
        return str(next(rows)[0])

    def query(self, sql: str, parameters: Parameters | None = None) -> QueryResult:
        """Run a SELECT in DuckDB's SQL; times are aware, in UTC. Read the rows before you close the warehouse."""
        with self._lock:
            cursor = self._connection.cursor()
            self._limit_memory(READ_MEMORY_LIMIT)
            return run_query(cursor, self._path, sql, parameters)

    def close(self) -> None:
        """Move everything from the write-ahead log to the file, and close it for others to open."""
        with self._lock, suppress(duckdb.Error):  # what could not be moved stays in the log beside the file
            self._limit_memory(self._settings.memory_limit)  # a query may have raised it
            finish(self._connection)
        with private_files():
            self._connection.close()

    def _create(self) -> None:
        create_tables(self._connection, dataset=self._dataset)
        create_views(self._connection, dataset=self._dataset)

    def _merge_part(self, batch: Batch, lines: Sequence[str]) -> int:
        self._connection.execute(load_statement(batch.table, dataset=self._dataset), {"lines": lines})
        changed = self._count(f"{batch.table}/merge", _bounds(batch), is_distinct=_is_distinct(batch))
        if batch.pass_id:
            self._count("contacts/record_seen", {"pass_id": batch.pass_id})
        self._connection.execute(f'DROP TABLE "{staging_of(self._dataset)}"."{BATCH}"')
        return changed

    def _count(self, name: str, parameters: Parameters, *, is_distinct: bool = False) -> int:
        sql = statement(name, dataset=self._dataset, is_distinct=is_distinct)
        time = {"now": _text(self._clock.now())} if "$now" in sql else {}
        row = self._connection.execute(sql, {**parameters, **time}).fetchone()
        return int(row[0]) if row else 0

    def _write(self, work: Callable[[], T], check_lease: LeaseCheck) -> T:
        """Look at the lease and write, in one turn: waiting for it takes as long as another merge."""
        with self._lock:
            check_lease()
            return self._transact(work)

    def _transact(self, work: Callable[[], T]) -> T:
        with self._lock, translated_errors(self._path):
            try:
                return self._in_transaction(work)
            except duckdb.OutOfMemoryException:
                self._limit_memory(self._settings.ample_memory_limit)
                return self._in_transaction(work)
            finally:
                # Also if nothing was changed: setting the limit makes DuckDB release 128 MB and more of memory.
                self._limit_memory(self._settings.memory_limit)

    def _in_transaction(self, work: Callable[[], T]) -> T:
        self._connection.execute("BEGIN")
        try:
            result = work()
            self._connection.execute("COMMIT")
        except BaseException as error:
            self._roll_back(error)
            raise
        return result

    def _limit_memory(self, limit: str) -> None:
        with suppress(duckdb.Error):  # the limit is below what is in use: it stays as it is
            self._connection.execute(f"SET GLOBAL memory_limit = '{limit}'")

    def _roll_back(self, error: BaseException) -> None:
        with suppress(duckdb.Error):  # a failed commit has rolled back already
            self._connection.execute("ROLLBACK")
        if isinstance(error, duckdb.FatalException | duckdb.InternalException):
            # DuckDB refuses every statement from now on, until the file is opened again.
            self._connection.close()
            self._connection = self._open()

    def _open(self) -> duckdb.DuckDBPyConnection:
        return open_file(self._path, memory_limit=self._settings.memory_limit, threads=self._settings.threads)


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()


def _is_distinct(batch: Batch) -> bool:
    """Return whether all activities of a batch have different ids; False for rows of other tables."""
    return len({row["activity_id"] for row in activity_rows(batch)}) == len(batch.rows)


def _bounds(batch: Batch) -> Parameters:
    """Return the first and last partition that a batch touches, nothing for tables without partitions."""
    days = [row["activity_date"] for row in activity_rows(batch)]
    return {"first_date": min(days), "last_date": max(days)} if days else {}


SLICE_SIZE = 4_000_000


def slices(lines: Iterable[str], *, slice_size: int = SLICE_SIZE) -> Iterator[list[str]]:
    """Yield lists of lines with at most `slice_size` characters in all, or with a single line that is longer."""
    part: list[str] = []
    size = 0
    for line in lines:
        if part and size + len(line) > slice_size:
            yield part
            part, size = [], 0
        part.append(line)
        size += len(line)
    if part:
        yield part
