"""The views of attribution over tables that a test fills, in DuckDB and in the BigQuery emulator."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from string import Template
from typing import Any, Protocol
from uuid import uuid4

import duckdb
import sqlglot
from google.cloud.bigquery import Client

from sendtrail.local.duckdb_sql import keep_decimals
from sendtrail.warehouse.tables import FOLDER
from tests.attribution.cases import VIEWS, Case, insert_statements, table_statements

Rows = list[list[Any]]
KINDS = {
    "VARCHAR": "STRING",
    "BIGINT": "INTEGER",
    "TIMESTAMP WITH TIME ZONE": "TIMESTAMP",
    "BOOLEAN": "BOOLEAN",
    "DECIMAL(38,9)": "NUMERIC",
    "DOUBLE": "FLOAT",
    "DATE": "DATE",
}


class Engine(Protocol):
    """A database that holds the views, and the tables that they read."""

    def give(self, cases: Sequence[Case]) -> None:
        """Fill the tables."""
        ...

    def read(self, view: str, organization_id: str, columns: Sequence[str]) -> Rows:
        """Return columns of a view for one organization, in a form that both engines share, in order."""
        ...


class DuckDb:
    """DuckDB in memory."""

    def __init__(self) -> None:
        self._connection = duckdb.connect()
        self._connection.execute("SET TimeZone = 'UTC'; CREATE SCHEMA d")
        _build("d", self._run)

    def give(self, cases: Sequence[Case]) -> None:
        """Fill the tables."""
        for statement in insert_statements("d", cases):
            self._run(statement)

    def columns(self, view: str) -> list[tuple[str, str]]:
        """Return the names and types of a view, in words of BigQuery."""
        described = self._connection.execute(f"DESCRIBE d.{view}").fetchall()
        return [(name, KINDS[kind]) for name, kind, *_ in described]

    def forget(self) -> None:
        """Empty the tables."""
        for (table,) in self._connection.execute("SELECT table_name FROM duckdb_tables()").fetchall():
            self._connection.execute(f"DELETE FROM d.{table}")

    def read(self, view: str, organization_id: str, columns: Sequence[str]) -> Rows:
        """Return columns of a view for one organization."""
        shown = ", ".join(_epoch(column) for column in columns)
        query = f"SELECT {shown} FROM d.{view} WHERE organization_id = $organization"
        return _sorted(self._connection.execute(query, {"organization": organization_id}).fetchall())

    def _run(self, statement: str) -> None:
        tree = sqlglot.parse_one(statement, read="bigquery")
        keep_decimals(tree)
        self._connection.execute(tree.sql(dialect="duckdb", comments=False))


class BigQuery:
    """A dataset of the emulator."""

    def __init__(self, client: Client) -> None:
        self._client, self._dataset = client, f"attribution_{uuid4().hex[:12]}"
        client.create_dataset(self._dataset)
        _build(self._dataset, self._run)

    def give(self, cases: Sequence[Case]) -> None:
        """Fill the tables."""
        for statement in insert_statements(self._dataset, cases):
            self._run(statement)

    def read(self, view: str, organization_id: str, columns: Sequence[str]) -> Rows:
        """Return columns of a view for one organization."""
        query = f"SELECT {', '.join(columns)} FROM {self._dataset}.{view} WHERE organization_id = '{organization_id}'"
        return _sorted([row.values() for row in self._client.query_and_wait(query)])

    def _run(self, statement: str) -> None:
        self._client.query_and_wait(statement)


def _build(dataset: str, run: Callable[[str], None]) -> None:
    for statement in table_statements(dataset):
        run(statement)
    for view in VIEWS:
        query = Template((FOLDER / view / "view.sql").read_text(encoding="utf-8")).substitute(dataset=dataset)
        run(f"CREATE VIEW `{dataset}`.`{view}` AS {query}")


def _epoch(column: str) -> str:
    """Return an instant without its zone: fetching one with it would need pytz."""
    return f"{column}::TIMESTAMP" if column.endswith("_at") else column


def _sorted(rows: Sequence[Sequence[Any]]) -> Rows:
    return sorted(([_shared(value) for value in row] for row in rows), key=str)


def _shared(value: object) -> object:
    """Return a value as the files of the cases write it: money and times as text."""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return value
