"""The warehouse in a DuckDB file: the same `sql/` as on BigQuery, for one process at a time."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from sendtrail.clock import Clock, SystemClock
from sendtrail.domain.contact import PassCounts
from sendtrail.domain.stored_counts import CountsOfReports, by_report
from sendtrail.domain.timestamp_meaning import TimestampEvidence
from sendtrail.local.duckdb_connection import RELEASE_AFTER, DuckDbConnection, DuckDbSettings
from sendtrail.local.duckdb_reader import Parameters
from sendtrail.local.duckdb_schema import create_tables
from sendtrail.local.duckdb_sql import BATCH, load_statement, parsed, staging_of, statement
from sendtrail.local.duckdb_views import check_views, create_customer_tables, create_views
from sendtrail.local.private_files import make_private
from sendtrail.ports import LeaseCheck, no_lease
from sendtrail.warehouse.merge_bounds import MergeBounds
from sendtrail.warehouse.query_result import QueryResult
from sendtrail.warehouse.rows import Batch, Row, activity_rows, to_json_array
from sendtrail.warehouse.tables import checked_name

T = TypeVar("T")


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
        has_views: bool = True,
    ) -> None:
        """Open or create the file and its tables; raise SettingsError, saying what to do, if it cannot be used.

        Without `has_views`, it is for the caller to create the views: all of them take a second, in a new file.
        """
        self.dataset = checked_name(dataset)
        self.connection = DuckDbConnection(path, settings=settings or DuckDbSettings(), schemas=(dataset,))
        self._clock = clock or SystemClock()
        try:
            self.connection.begin(self._create_tables)
            if has_views:
                self.create_views()
            make_private(path, ".wal")  # not before it is known to be a database of Sendtrail
        except BaseException:
            self.connection.abandon()
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
        parts = list(slices(json_arrays(batch.rows)))  # an empty batch has none
        size = sum(len(array) for arrays in parts for array in arrays)

        def work() -> int:
            changed = sum(self._merge_part(batch, arrays) for arrays in parts)
            if batch.also_seen:
                whose = {"organization_id": batch.item.organization_id, "pass_id": batch.pass_id}
                self._count("erasure/record_withheld", {**whose, "tokens": list(batch.also_seen)})
            return changed

        return self._write(work, check_lease, size=size)

    def pass_counts(self, organization_id: str, *, pass_id: str, started_at: datetime) -> PassCounts:
        """Return what the pass `pass_id`, which began at `started_at`, means for the stored contacts."""
        sql = statement("contacts/pass_counts", dataset=self.dataset)
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
        sql = statement("email_activities/timestamp_evidence", dataset=self.dataset)
        rows = self.query(sql, {"organization_id": organization_id, "first_date": since}).rows
        return {event_type: TimestampEvidence(moved=moved, stood=stood) for event_type, moved, stood in rows}

    def stored_counts(self, organization_id: str, *, since: date) -> CountsOfReports:
        """Return, by campaign and event type, how many rows of an account are stored, from a day on."""
        sql = statement("email_activities/stored_counts", dataset=self.dataset)
        return by_report(self.query(sql, {"organization_id": organization_id, "first_date": since}).rows)

    @property
    def identity(self) -> str:
        """Return the token of this dataset, which was created with its tables; no other dataset has the same."""
        rows = self.query(f'SELECT id FROM "{staging_of(self.dataset)}"."identity"').rows
        return str(next(rows)[0])

    def query(self, sql: str, parameters: Parameters | None = None) -> QueryResult:
        """Run a SELECT in DuckDB's SQL; times are aware, in UTC. Read the rows before you close the warehouse."""
        return self.connection.query(sql, parameters)

    def close(self) -> None:
        """Move everything from the write-ahead log to the file, and close it for others to open."""
        self.connection.close()

    def create_views(self) -> None:
        """Create the views that are missing or of another version; raise SettingsError if one cannot be created."""
        self.connection.transact(lambda: create_views(self.connection.raw, dataset=self.dataset))

    def create_customer_tables(self) -> None:
        """Create the tables that customers fill where they are missing: the views need them, and so does an erasure."""
        self.connection.transact(lambda: create_customer_tables(self.connection.raw, dataset=self.dataset))

    def _create_tables(self) -> None:
        check_views(self.connection.raw, dataset=self.dataset)
        create_tables(self.connection.raw, dataset=self.dataset)

    def _merge_part(self, batch: Batch, arrays: Sequence[str]) -> int:
        self.connection.raw.execute(parsed(load_statement(batch.table)), {"arrays": arrays})
        changed = self._count(f"{batch.table}/merge", _bounds(batch), is_distinct=_is_distinct(batch))
        if batch.pass_id:
            self._count("contacts/record_seen", {"pass_id": batch.pass_id})
        self.connection.raw.execute(parsed(f"DROP TABLE {BATCH}"))
        return changed

    def _count(self, name: str, parameters: Parameters, *, is_distinct: bool = False) -> int:
        sql = statement(name, dataset=self.dataset, is_distinct=is_distinct)
        time = {"now": _text(self._clock.now())} if "$now" in sql else {}
        return self.connection.count(sql, {**parameters, **time})

    def _write(self, work: Callable[[], T], check_lease: LeaseCheck, *, size: int = RELEASE_AFTER) -> T:
        """Look at the lease and write, in one turn: waiting for it takes as long as another merge."""
        with self.connection.lock:
            check_lease()
            return self.connection.transact(work, size=size)


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()


def _is_distinct(batch: Batch) -> bool:
    """Return whether all activities of a batch have different ids; False for rows of other tables."""
    return len({row["activity_id"] for row in activity_rows(batch)}) == len(batch.rows)


def _bounds(batch: Batch) -> Parameters:
    bounds = MergeBounds.of(batch)
    return asdict(bounds) if bounds else {}


SLICE_SIZE = 4_000_000
# A text for each row takes longer to write and to read, a text for all of them more memory.
ROWS_PER_ARRAY = 100


def json_arrays(rows: Sequence[Row], *, array_size: int = SLICE_SIZE) -> Iterator[str]:
    """Yield rows as JSON arrays with at most `array_size` characters, or with a single row that is longer."""
    for first in range(0, len(rows), ROWS_PER_ARRAY):
        yield from _halved(rows[first : first + ROWS_PER_ARRAY], array_size)


def slices(texts: Iterable[str], *, slice_size: int = SLICE_SIZE) -> Iterator[list[str]]:
    """Yield lists of texts with at most `slice_size` characters in all, or with a single text that is longer."""
    part: list[str] = []
    size = 0
    for text in texts:
        if part and size + len(text) > slice_size:
            yield part
            part, size = [], 0
        part.append(text)
        size += len(text)
    if part:
        yield part


def _halved(rows: Sequence[Row], array_size: int) -> Iterator[str]:
    text = to_json_array(rows)
    if len(text) <= array_size or len(rows) == 1:
        yield text
        return
    half = len(rows) // 2
    yield from _halved(rows[:half], array_size)
    yield from _halved(rows[half:], array_size)
