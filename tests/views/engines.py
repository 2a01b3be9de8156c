"""The views on DuckDB and on the BigQuery emulator: created as they are read, and read back in one form."""

import json
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import duckdb
from google.cloud import bigquery

from sendtrail.local import duckdb_schema, duckdb_sql, duckdb_views
from sendtrail.local.duckdb_reader import run_query
from sendtrail.warehouse.tables import Column, TableDefinition, definition
from sendtrail.warehouse.views import SETTINGS, columns, names, references, view_sql
from tests.views.cases import Case, Row, Rows, account, filled, load_cases, merged

EngineT = TypeVar("EngineT", bound="Engine")
AS_OF = "2025-06-01T00:00:00Z"


class Engine(ABC):
    """A dataset whose present stands still; the views in `given` are tables there."""

    def __init__(self, dataset: str, given: Collection[str] = ()) -> None:
        self.dataset, self._given = dataset, given
        self._created: set[str] = set()
        self._all_rows = cache(self.read)

    def fill(self, rows: Rows) -> None:
        """Replace all rows."""
        for name in self._created - set(names()) | self._created & set(self._given):
            self._empty(name)
        for name in rows:
            self.create(name)
            self._insert(name, filled(name, rows[name]))

    def read(self, view: str) -> list[Row]:
        """Return the rows of a view in an order of their own, their values as the data files have them."""
        self.create(view)
        found = self.query(f"SELECT {', '.join(c.name for c in columns(view))} FROM {self.dataset}.{view}")
        return in_order({name: _plain(value) for name, value in row.items()} for row in found)

    def read_case(self, view: str, case: Case) -> list[Row]:
        """Return the rows of a view that belong to a case, from a read that all cases share."""
        prefix = str(account(case, {"organization_id": ""}))
        return [
            {**row, "organization_id": row["organization_id"].removeprefix(prefix)} if "organization_id" in row else row
            for row in self._all_rows(view)
            if str(row.get("organization_id", prefix)).startswith(prefix)
        ]

    def create(self, name: str) -> None:
        """Create a table or a view, and before it what it reads, where it is missing."""
        if name in self._created:
            return
        self._created.add(name)
        if name in self._given or name not in names():
            self._create_table(_definition(name))
            return
        for each in references(name):
            self.create(each)
        self._create_view(name)

    @abstractmethod
    def query(self, sql: str) -> list[Row]:
        """Return the rows of a SELECT."""

    @abstractmethod
    def _create_table(self, table: TableDefinition) -> None: ...

    @abstractmethod
    def _create_view(self, view: str) -> None: ...

    @abstractmethod
    def _insert(self, table: str, rows: Sequence[Row]) -> None: ...

    @abstractmethod
    def _empty(self, table: str) -> None: ...


class DuckDbEngine(Engine):
    """A schema in a DuckDB in memory, or in a file."""

    def __init__(self, dataset: str, given: Collection[str] = (), *, path: Path = Path(":memory:")) -> None:
        super().__init__(dataset, given)
        self.connection = duckdb.connect(str(path))
        self.connection.execute(f"SET GLOBAL TimeZone = 'UTC'; CREATE SCHEMA IF NOT EXISTS {dataset}")

    def query(self, sql: str) -> list[Row]:
        """Return the rows of a SELECT."""
        return list(run_query(self.connection, Path("memory"), sql).records())

    def _create_table(self, table: TableDefinition) -> None:
        duckdb_schema.create_table(self.connection, self.dataset, table)

    def _create_view(self, view: str) -> None:
        query = _frozen(duckdb_views.select(view, dataset=self.dataset), view, "TIMESTAMPTZ")
        self.connection.execute(f"CREATE VIEW {self.dataset}.{view} AS {query}")

    def _insert(self, table: str, rows: Sequence[Row]) -> None:
        insert(self.connection, f"{self.dataset}.{table}", _definition(table), rows)

    def _empty(self, table: str) -> None:
        self.connection.execute(f"DELETE FROM {self.dataset}.{table}")


class BigQueryEngine(Engine):
    """A dataset of the BigQuery emulator."""

    def __init__(self, dataset: str, given: Collection[str] = (), *, client: bigquery.Client) -> None:
        super().__init__(dataset, given)
        self._client = client
        client.create_dataset(dataset)

    def query(self, sql: str) -> list[Row]:
        """Return the rows of a SELECT."""
        return [dict(row.items()) for row in self._client.query_and_wait(sql)]

    def _create_table(self, table: TableDefinition) -> None:
        self._client.create_table(bigquery.Table(self._place(table.name), schema=_schema(table.columns)))

    def _create_view(self, view: str) -> None:
        query = _frozen(view_sql(view, dataset=self.dataset), view, "TIMESTAMP")
        self._client.query_and_wait(f"CREATE VIEW `{self.dataset}`.`{view}` AS {query}")

    def _insert(self, table: str, rows: Sequence[Row]) -> None:
        config = bigquery.LoadJobConfig(
            source_format=bigquery.SourceFormat.NEWLINE_DELIMITED_JSON, schema=_schema(_definition(table).columns)
        )
        self._client.load_table_from_json([dict(row) for row in rows], self._place(table), job_config=config).result()

    def _empty(self, table: str) -> None:
        self._client.query_and_wait(f"DELETE FROM `{self.dataset}`.`{table}` WHERE TRUE")

    def _place(self, table: str) -> str:
        return f"{self._client.project}.{self.dataset}.{table}"


@cache
def duckdb_with_cases(*, gives_views: bool) -> DuckDbEngine:
    """Return the engine that holds the cases that give views, or the others."""
    return _with_cases(DuckDbEngine("cases", given_views() if gives_views else ()), gives_views)


@cache
def bigquery_with_cases(client: bigquery.Client, *, gives_views: bool) -> BigQueryEngine:
    """Return the engine that holds the cases that give views, or the others."""
    dataset, given = ("cases_of_given_views", given_views()) if gives_views else ("cases", ())
    return _with_cases(BigQueryEngine(dataset, given, client=client), gives_views)


def in_order(rows: Iterable[Row]) -> list[Row]:
    """Return rows in the order of their values."""
    return sorted(rows, key=lambda row: json.dumps(list(row.values())))


def given_views() -> frozenset[str]:
    """Return the views that cases give rows of."""
    return frozenset(name for case in load_cases().values() for name in case.given if name in names())


def insert(connection: duckdb.DuckDBPyConnection, place: str, table: TableDefinition, rows: Sequence[Row]) -> None:
    """Insert rows into a table of DuckDB."""
    types = {column.name: duckdb_sql.duckdb_type(column) for column in table.columns}
    complete = [{**dict.fromkeys(types), **row} for row in rows]
    connection.execute(
        f"INSERT INTO {place} SELECT unnest(row) FROM (SELECT unnest(from_json_strict($rows, $types)) AS row)",
        {"rows": json.dumps(complete, default=str), "types": json.dumps([types])},
    )


def _with_cases(engine: EngineT, gives_views: bool) -> EngineT:
    engine.fill(merged(case for case in load_cases().values() if case.gives_views == gives_views))
    return engine


def _definition(name: str) -> TableDefinition:
    """Return the definition of a table, or of one with the columns of a view."""
    if name not in names():
        return definition(name)
    return TableDefinition(name=name, description="", columns=columns(name), resource={})


def _schema(found: Sequence[Column]) -> list[bigquery.SchemaField]:
    return [bigquery.SchemaField(c.name, c.type, mode=c.mode, fields=_schema(c.fields)) for c in found]


def _frozen(query: str, view: str, kind: str) -> str:
    """Return the query of a view as of AS_OF, if it says what the present is."""
    return f"SELECT * REPLACE ({kind} '{AS_OF}' AS as_of) FROM ({query})" if view == SETTINGS else query


def _plain(value: Any) -> Any:
    """Return a value as JSON has it, an exact number as text."""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, date):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, dict):
        return json.dumps(value, separators=(",", ":"))
    return round(value, 9) if isinstance(value, float) else value
