"""The views on DuckDB and on the BigQuery emulator, filled with a story and read back in one form."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Protocol

import duckdb
from google.cloud import bigquery

from sendtrail.gcp.bigquery_tables import create_tables
from sendtrail.gcp.bigquery_warehouse import Datasets
from sendtrail.local import duckdb_sql, duckdb_views
from sendtrail.warehouse.tables import definition
from sendtrail.warehouse.views import SETTINGS, names, view_sql
from tests.views.view_cases import AS_OF, TABLES, Row, Story

DATASET = "view_rows"


class Engine(Protocol):
    """A warehouse with all views, and a present that stands still."""

    def fill(self, story: Story) -> None:
        """Replace all rows by those of a story."""
        ...

    def read(self, view: str, columns: Sequence[str]) -> list[Row]:
        """Return the rows of a view, in an order of their own, their values as JSON has them."""
        ...

    def run(self, query: str) -> list[Row]:
        """Return the rows of a query that reads alike on every engine."""
        ...


class DuckDbEngine:
    """A DuckDB in memory."""

    def __init__(self) -> None:
        self._connection = duckdb.connect()
        self._connection.execute("SET GLOBAL TimeZone = 'UTC'")
        duckdb_sql.create_tables(self._connection, dataset=DATASET)
        settings = duckdb_views.select(SETTINGS, dataset=DATASET)
        frozen = f"SELECT * REPLACE (TIMESTAMPTZ '{AS_OF}' AS as_of) FROM ({settings})"
        self._connection.execute(f"CREATE TABLE {DATASET}.{SETTINGS} AS {frozen}")
        duckdb_views.create_views(self._connection, dataset=DATASET)

    def fill(self, story: Story) -> None:
        """Replace all rows by those of a story."""
        for table in TABLES:
            self._connection.execute(f"DELETE FROM {DATASET}.{table}")
            fields = {column.name: duckdb_sql.duckdb_type(column) for column in definition(table).columns}
            rows = json.dumps([{**dict.fromkeys(fields), **row} for row in story.get(table, [])])
            self._connection.execute(
                f"INSERT INTO {DATASET}.{table} SELECT unnest(row)"
                " FROM (SELECT unnest(from_json_strict($rows, $shape)) AS row)",
                {"rows": rows, "shape": json.dumps([fields])},
            )

    def types(self, view: str) -> Mapping[str, str]:
        """Return the types of a view's columns, in DuckDB's words."""
        found = self._connection.execute(
            "SELECT column_name, data_type FROM duckdb_columns() WHERE schema_name = ? AND table_name = ?",
            [DATASET, view],
        )
        return dict(found.fetchall())

    def read(self, view: str, columns: Sequence[str]) -> list[Row]:
        """Return the rows of a view."""
        times = {name for name, kind in self.types(view).items() if kind == "TIMESTAMP WITH TIME ZONE"}
        rows = self.run(f"SELECT {', '.join(columns)} FROM {DATASET}.{view}")
        return _in_order(
            {name: _time(value) if name in times else value for name, value in row.items()} for row in rows
        )

    def run(self, query: str) -> list[Row]:
        """Return the rows of a query, by way of JSON: fetching zoned times would need pytz."""
        found = self._connection.execute(f"SELECT to_json(t)::VARCHAR FROM ({query}) AS t").fetchall()
        return [json.loads(text) for (text,) in found]


class BigQueryEngine:
    """Datasets of their own in the BigQuery emulator."""

    def __init__(self, client: bigquery.Client) -> None:
        self._client = client
        self._filled: set[str] = set(TABLES)
        create_tables(client, Datasets(tables=DATASET, staging=f"{DATASET}_staging"))
        self._client.create_table(_users(client), exists_ok=True)
        for view in names():
            frozen = f"SELECT * REPLACE (TIMESTAMP '{AS_OF}' AS as_of) FROM ({view_sql(view, dataset=DATASET)})"
            query = frozen if view == SETTINGS else view_sql(view, dataset=DATASET)
            self._client.query_and_wait(f"CREATE OR REPLACE VIEW `{DATASET}`.`{view}` AS {query}")

    def fill(self, story: Story) -> None:
        """Replace all rows by those of a story."""
        for table in TABLES:
            config = bigquery.LoadJobConfig(
                source_format=bigquery.SourceFormat.NEWLINE_DELIMITED_JSON,
                schema=[bigquery.SchemaField.from_api_repr(f) for f in definition(table).resource["schema"]["fields"]],
            )
            if table in self._filled:
                self._client.query_and_wait(f"DELETE FROM `{DATASET}`.`{table}` WHERE TRUE")
                self._filled.remove(table)
            if rows := story.get(table):
                self._filled.add(table)
                place = f"{self._client.project}.{DATASET}.{table}"
                self._client.load_table_from_json([dict(row) for row in rows], place, job_config=config).result()

    def read(self, view: str, columns: Sequence[str]) -> list[Row]:
        """Return the rows of a view."""
        return _in_order(self.run(f"SELECT {', '.join(columns)} FROM `{DATASET}`.`{view}`"))

    def run(self, query: str) -> list[Row]:
        """Return the rows of a query."""
        return [dict(row.items()) for row in self._client.query_and_wait(query)]


def _users(client: bigquery.Client) -> bigquery.Table:
    place = {"projectId": client.project, "datasetId": DATASET, "tableId": "users"}
    return bigquery.Table.from_api_repr({**definition("users").resource, "tableReference": place})


def _in_order(rows: Iterable[Row]) -> list[Row]:
    plain = [{name: _plain(value) for name, value in row.items()} for row in rows]
    return sorted(plain, key=lambda row: json.dumps(list(row.values())))


def _time(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value) if value else None


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return json.dumps(value, separators=(",", ":"))
    return round(value, 9) if isinstance(value, float) else value
