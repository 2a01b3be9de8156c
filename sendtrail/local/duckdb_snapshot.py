"""A snapshot of the views in a DuckDB file: temporary tables of this process; the file does not change."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from sendtrail.errors import SettingsError
from sendtrail.local.copies.reading import open_to_read
from sendtrail.local.duckdb_file import translated_errors
from sendtrail.local.duckdb_reader import run_query
from sendtrail.local.duckdb_views import typed
from sendtrail.warehouse.query_result import QueryResult
from sendtrail.warehouse.view_snapshot import PlannedView
from sendtrail.warehouse.views import columns

THREADS = 2
# What is written to disk and read again costs a tenth of the time, so a machine with much memory may use more of it.
MOST_MEMORY_GIB = 3.0
_GIB = {"KiB": 1 / 1024**2, "MiB": 1 / 1024, "GiB": 1, "TiB": 1024}
# Rows have no order, and preserving the one in which they are read costs memory.
UNORDERED = "SET preserve_insertion_order = false"


class DuckDbSnapshot:
    """Views that are created once in this process and then queried; a file has none of them stored."""

    stored: Collection[str] = ()

    def __init__(self, connection: duckdb.DuckDBPyConnection, path: Path, *, dataset: str) -> None:
        self.connection, self._path, self._dataset = connection, path, dataset
        self._sources: dict[str, str] = {}

    def create(self, view: PlannedView, /) -> None:
        """Create a view of the plan."""
        query = view.sql(dataset=self._dataset, sources=self._sources)
        shown = [column for column in columns(view.view) if column.name in view.columns]
        kind = "TABLE" if view.is_materialized else "VIEW"
        with translated_errors(self._path), _of_this_version(self._path):
            self.connection.execute(f'CREATE TEMP {kind} "{view.name}" AS {typed(query, shown)}')
        self._sources[view.name] = f"temp.main.{view.name}"

    def source(self, name: str, /) -> str:
        """Return what to write after FROM to read a view of the plan, or one that is read in place."""
        return self._sources.get(name, f"{self._dataset}.{name}")

    def query(self, sql: str, /) -> QueryResult:
        """Run a SELECT."""
        return run_query(self.connection, self._path, sql)


@contextmanager
def _of_this_version(path: Path) -> Iterator[None]:
    """Say what to do where the tables lack what views of this version read."""
    try:
        yield
    except (duckdb.BinderException, duckdb.CatalogException) as error:
        advice = f"{path} is of an earlier version of Sendtrail: run sendtrail sync once, which brings it up to date"
        raise SettingsError([advice]) from error


@contextmanager
def snapshot(path: Path, *, dataset: str) -> Iterator[DuckDbSnapshot]:
    """Open a file for reading and yield a snapshot, which is gone when the file is closed.

    What does not fit into memory is written to a folder beside the file for that time.
    """
    with open_to_read(path, threads=THREADS) as connection:
        connection.execute(UNORDERED)
        _allow_more_memory(connection)
        yield DuckDbSnapshot(connection, path, dataset=dataset)


def _allow_more_memory(connection: duckdb.DuckDBPyConnection) -> None:
    """Raise the limit where the machine or container has much memory: DuckDB by itself takes four fifths of it."""
    limit_gib = _memory_limit_gib(connection)
    connection.execute("RESET GLOBAL memory_limit")
    allowed_gib = memory_allowed_gib(limit_gib, own_gib=_memory_limit_gib(connection))
    connection.execute(f"SET GLOBAL memory_limit = '{allowed_gib:.2f}GiB'")


def memory_allowed_gib(limit_gib: float, *, own_gib: float) -> float:
    """Return how much a snapshot may use: half of DuckDB's own limit up to a bound, and `limit_gib` in any case."""
    return max(limit_gib, min(MOST_MEMORY_GIB, own_gib / 2))


def _memory_limit_gib(connection: duckdb.DuckDBPyConnection) -> float:
    [(limit,)] = connection.execute("SELECT current_setting('memory_limit')").fetchall()
    number, unit = limit.split()
    return float(number) * _GIB[unit]
