"""The tables of `sql/` in a DuckDB file: created where they are missing, brought up to date where they are older.

A newer program adds the columns that an older file lacks, and an older one leaves alone those that it does not know. A
file is refused only where a newer program has written that older ones cannot use it, or where a table is another's.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import duckdb

from sendtrail.errors import SettingsError
from sendtrail.local.commit_journal import INTERNAL
from sendtrail.local.duckdb_sql import duckdb_type, literal, staging_of
from sendtrail.warehouse.rows import Table
from sendtrail.warehouse.tables import CONTACTS_SEEN, Column, TableDefinition, definition
from sendtrail.warehouse.views import CUSTOMER_TABLES

# Raised with every change of a table; programs of `OLDEST_READER` and later can use the tables all the same.
SCHEMA_VERSION = 1
OLDEST_READER = 1

_VERSIONS = f'"{INTERNAL}"."schema_versions"'
_OTHER_PLACE = "choose another --database or another dataset name; nothing was changed"
_TAKEN = "the database already has {name}, and it is not Sendtrail's ({why}): " + _OTHER_PLACE
_CHANGED = "{name}.{column} is of type {found}, and not {expected}: change it back, or " + _OTHER_PLACE
_NEWER = "{name} was changed by a newer Sendtrail so that this one cannot use it: upgrade this one; nothing was changed"


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredTable:
    """A table as it is to be, and the type of each column that the file has, in lower case; none if it is missing."""

    schema: str
    table: TableDefinition
    found: Mapping[str, str]

    @property
    def name(self) -> str:
        """Return the name as a person writes it."""
        return f"{self.schema}.{self.table.name}"

    @property
    def missing(self) -> Sequence[Column]:
        """Return the columns that the file lacks."""
        return [column for column in self.table.columns if column.name not in self.found]

    def problems(self) -> Iterable[str]:
        """Yield why the table cannot be used: it is another program's, or a column has another type."""
        required = sorted(column.name for column in self.missing if column.mode == "REQUIRED")
        if self.found and required:
            yield _TAKEN.format(name=self.name, why=f"it has no {', '.join(required)}")
            return
        for column in self.table.columns:
            found, expected = self.found.get(column.name), duckdb_type(column)
            if found is not None and found != expected:
                yield _CHANGED.format(name=self.name, column=column.name, found=found, expected=expected)


def create_tables(connection: duckdb.DuckDBPyConnection, *, dataset: str) -> None:
    """Create the tables and columns that are missing; raise SettingsError where they cannot be used."""
    own = [definition(table) for table in Table if table not in CUSTOMER_TABLES]  # the others may be a view
    places = [*((dataset, table) for table in own), (staging_of(dataset), definition(CONTACTS_SEEN))]
    tables = [_stored(connection, schema, table) for schema, table in places]
    problems = [*_refusals(connection, dataset), *(problem for each in tables for problem in each.problems())]
    if problems:
        raise SettingsError(problems)
    for each in tables:
        connection.execute(f'CREATE SCHEMA IF NOT EXISTS "{each.schema}"')
        if each.found:
            add_columns(connection, each)
        else:
            create_table(connection, each.schema, each.table)
    is_new = not next(each for each in tables if each.table.name == Table.EMAIL_ACTIVITIES).found
    _identify(connection, dataset, is_new=is_new)
    _write_versions(connection, tables, dataset=dataset)


def create_table(connection: duckdb.DuckDBPyConnection, schema: str, table: TableDefinition) -> None:
    """Create a table with the descriptions of it and its columns."""
    name = f'"{schema}"."{table.name}"'
    connection.execute(f"CREATE TABLE {name} ({', '.join(map(_declaration, table.columns))})")
    connection.execute(f"COMMENT ON TABLE {name} IS {literal(table.description)}")
    for column in table.columns:
        _describe(connection, name, column)


def add_columns(connection: duckdb.DuckDBPyConnection, stored: StoredTable) -> None:
    """Add the columns that an older file lacks: they are NULL in the rows that it has."""
    name = f'"{stored.schema}"."{stored.table.name}"'
    for column in stored.missing:
        connection.execute(f'ALTER TABLE {name} ADD COLUMN "{column.name}" {duckdb_type(column)}')
        _describe(connection, name, column)


def _stored(connection: duckdb.DuckDBPyConnection, schema: str, table: TableDefinition) -> StoredTable:
    rows = connection.execute(
        "SELECT lower(column_name), data_type FROM duckdb_columns()"
        " WHERE database_name = current_database() AND schema_name = $schema AND table_name = $table",
        {"schema": schema, "table": table.name},
    ).fetchall()
    return StoredTable(schema=schema, table=table, found=dict(rows))


def _refusals(connection: duckdb.DuckDBPyConnection, dataset: str) -> Sequence[str]:
    """Return a sentence for each table that a newer program has made unusable for this one."""
    connection.execute(f'CREATE SCHEMA IF NOT EXISTS "{INTERNAL}"')
    connection.execute(
        f"CREATE TABLE IF NOT EXISTS {_VERSIONS}"
        " (dataset VARCHAR, table_name VARCHAR, version BIGINT, oldest_reader BIGINT)"
    )
    rows = connection.execute(
        f"SELECT table_name FROM {_VERSIONS} WHERE dataset = $dataset AND oldest_reader > $version",
        {"dataset": dataset, "version": SCHEMA_VERSION},
    ).fetchall()
    return [_NEWER.format(name=f"{dataset}.{table}") for (table,) in rows]


def _write_versions(connection: duckdb.DuckDBPyConnection, tables: Iterable[StoredTable], *, dataset: str) -> None:
    """Write the version of each table, unless a newer program has raised it already."""
    for each in tables:
        which = {"dataset": dataset, "table": each.table.name, "version": SCHEMA_VERSION}
        connection.execute(
            f"DELETE FROM {_VERSIONS} WHERE dataset = $dataset AND table_name = $table AND version < $version", which
        )
        connection.execute(
            f"INSERT INTO {_VERSIONS} SELECT $dataset, $table, $version, $oldest_reader WHERE NOT EXISTS"
            f" (FROM {_VERSIONS} WHERE dataset = $dataset AND table_name = $table)",
            {**which, "oldest_reader": OLDEST_READER},
        )


def _identify(connection: duckdb.DuckDBPyConnection, dataset: str, *, is_new: bool) -> None:
    """Give a dataset its identity: another one where its rows are gone, so that no earlier state fits it."""
    name = f'"{staging_of(dataset)}"."identity"'
    replacing = "OR REPLACE TABLE" if is_new else "TABLE IF NOT EXISTS"
    connection.execute(f"CREATE {replacing} {name} AS SELECT uuid()::VARCHAR AS id")


def _declaration(column: Column) -> str:
    not_null = " NOT NULL" if column.mode == "REQUIRED" else ""
    return f'"{column.name}" {duckdb_type(column)}{not_null}'


def _describe(connection: duckdb.DuckDBPyConnection, name: str, column: Column) -> None:
    connection.execute(f'COMMENT ON COLUMN {name}."{column.name}" IS {literal(column.description)}')
