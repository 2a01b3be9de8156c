"""Reads a DuckDB file: columns, and rows whose times are aware."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC
from pathlib import Path
from typing import Any

import duckdb

from sendtrail.errors import SettingsError
from sendtrail.local.copies.reading import open_to_read
from sendtrail.local.duckdb_file import translated_errors
from sendtrail.warehouse.query_result import Query, QueryResult

Parameters = Mapping[str, object]

FETCH_ROWS = 1_000
ZONED = "TIMESTAMP WITH TIME ZONE"
_WRONG_SQL = (duckdb.ProgrammingError, duckdb.DataError, duckdb.NotSupportedError, duckdb.PermissionException)


@contextmanager
def read_only(path: Path, *, threads: int = 2) -> Iterator[Query]:
    """Open a file for reading and yield what runs a SELECT on it, also while another program reads or writes."""
    with open_to_read(path, threads=threads) as connection:
        yield lambda sql: run_query(connection, path, sql)


def run_query(
    connection: duckdb.DuckDBPyConnection, path: Path, sql: str, parameters: Parameters | None = None
) -> QueryResult:
    """Run a SELECT; raise SettingsError if DuckDB cannot parse it or it fails on the data."""
    select = sql.strip().rstrip(";")
    with translated_errors(path), _blamed_on_the_query():
        connection.execute(f"SELECT * FROM (\n{select}\n) LIMIT 0", parameters)
        described = [(column[0], str(column[1])) for column in connection.description or ()]
        zoned = [index for index, (_, kind) in enumerate(described) if kind == ZONED]
        connection.execute(_without_zones(select, [described[index][0] for index in zoned]), parameters)
    return QueryResult(columns=[name for name, _ in described], rows=_rows(connection, path, zoned))


def _without_zones(select: str, zoned: Sequence[str]) -> str:
    """Return the query with times without a zone: fetching times with a zone would need pytz."""
    if not zoned:
        return select
    replaced = ", ".join(f"{quoted}::TIMESTAMP AS {quoted}" for quoted in map(_quoted, zoned))
    return f"SELECT * REPLACE ({replaced}) FROM (\n{select}\n)"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _rows(connection: duckdb.DuckDBPyConnection, path: Path, zoned: Sequence[int]) -> Iterator[tuple[Any, ...]]:
    while True:
        with translated_errors(path), _blamed_on_the_query():
            rows = connection.fetchmany(FETCH_ROWS)
        if not rows:
            return
        for row in rows:
            values = list(row)
            for index in zoned:
                values[index] = values[index] and values[index].replace(tzinfo=UTC)
            yield tuple(values)


@contextmanager
def _blamed_on_the_query() -> Iterator[None]:
    try:
        yield
    except _WRONG_SQL as error:
        raise SettingsError([f"the query cannot be run: {error}"]) from error
