"""A snapshot of a DuckDB file: temporary tables of this process, which the file itself never sees."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from sendtrail.local.duckdb_file import open_file, translated_errors
from sendtrail.local.duckdb_reader import READ_MEMORY_LIMIT, QueryResult, run_query
from sendtrail.local.duckdb_views import typed
from sendtrail.warehouse.view_snapshot import PlannedView
from sendtrail.warehouse.views import columns

THREADS = 2
# Rows have no order, and keeping that in which they are read costs memory.
UNORDERED = "SET preserve_insertion_order = false"


class DuckDbSnapshot:
    """The parts of a snapshot as they are made, and what runs a SELECT on them."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, path: Path, *, dataset: str) -> None:
        self.connection, self._path, self._dataset = connection, path, dataset
        self._places: dict[str, str] = {}

    def make(self, part: PlannedView, /) -> None:
        """Make a part, those that it reads being there."""
        query = part.sql(dataset=self._dataset, places=self._places)
        shown = [column for column in columns(part.view) if column.name in part.columns]
        kind = "TABLE" if part.is_kept else "VIEW"
        with translated_errors(self._path):
            self.connection.execute(f'CREATE TEMP {kind} "{part.name}" AS {typed(query, shown)}')
        self._places[part.name] = f"temp.main.{part.name}"

    def source(self, name: str, /) -> str:
        """Return what to read a part from, or a view of which none is made."""
        return self._places.get(name, f"{self._dataset}.{name}")

    def query(self, sql: str, /) -> QueryResult:
        """Run a SELECT."""
        return run_query(self.connection, self._path, sql)


@contextmanager
def snapshot(path: Path, *, dataset: str) -> Iterator[DuckDbSnapshot]:
    """Open a file that stays as it is, for a snapshot that is gone when it is closed.

    What does not fit into the memory lies in a folder beside the file meanwhile.
    """
    connection = open_file(path, memory_limit=READ_MEMORY_LIMIT, threads=THREADS, is_read_only=True)
    try:
        connection.execute(UNORDERED)
        yield DuckDbSnapshot(connection, path, dataset=dataset)
    finally:
        connection.close()
