"""The views of `sql/` in a DuckDB file: created when it is opened, and again only when their SQL has changed."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from hashlib import sha256
from importlib.metadata import version

import duckdb
import sqlglot

from sendtrail.errors import SettingsError
from sendtrail.local.duckdb_schema import create_table
from sendtrail.local.duckdb_sql import days_of_zones, duckdb_type, keep_decimals, literal
from sendtrail.warehouse.tables import Column, definition
from sendtrail.warehouse.views import CUSTOMER_TABLES, SETTINGS, columns, description, names, view_sql

# In the comment of each view that is Sendtrail's; a hash of its SQL follows.
MARK = "Sendtrail's view "
# Raised when the same SQL is translated in another way, so that the views of existing files are renewed.
TRANSLATION = 2
TAKEN = (
    "the database already has {name}, and it is not Sendtrail's view: rename it,"
    " or choose another --database or another dataset name; nothing was changed"
)


def check_views(connection: duckdb.DuckDBPyConnection, *, dataset: str) -> None:
    """Raise SettingsError for each table or view that has the name of one of Sendtrail's views and is not it."""
    foreign = _foreign(_comments(connection, dataset))
    problems = [TAKEN.format(name=f"{dataset}.{view}") for view in foreign if view != SETTINGS]
    if problems:
        raise SettingsError(problems)


def create_views(connection: duckdb.DuckDBPyConnection, *, dataset: str) -> None:
    """Create the views that are missing or of another version; raise SettingsError if one cannot be created.

    The customer's own `users` and `view_settings`, be they tables or views, stay as they are.
    """
    create_customer_tables(connection, dataset=dataset)
    found = _comments(connection, dataset)
    foreign = _foreign(found)
    wanted = [v for v in names() if v not in foreign and found.get(v) != _comment(v, dataset=dataset)]
    # DuckDB binds a view when it creates it, with all that it reads. Readers first, over tables that stand in for the
    # views, are bound in a tenth of the time.
    for view in wanted:
        _stand_in(connection, view, dataset=dataset)
    for view in reversed(wanted):
        connection.execute(f'DROP TABLE "{dataset}"."{view}"')
        _create(connection, view, dataset=dataset)


def create_customer_tables(connection: duckdb.DuckDBPyConnection, *, dataset: str) -> None:
    """Create the tables that customers fill, where there is neither one nor a view in its place."""
    found = _comments(connection, dataset)
    for table in CUSTOMER_TABLES:
        if table not in found:
            create_table(connection, dataset, definition(table))


@cache
def select(view: str, *, dataset: str) -> str:
    """Return the query of a view in DuckDB's SQL, with the column types that it has in BigQuery."""
    return typed(view_sql(view, dataset=dataset), columns(view))


def typed(query: str, shown: Iterable[Column]) -> str:
    """Return some columns of a query in BigQuery's SQL as DuckDB's SQL, with the types that they have in BigQuery."""
    tree = sqlglot.parse_one(query, read="bigquery")
    keep_decimals(tree)
    days_of_zones(tree)
    cast = ", ".join(f'"{column.name}"::{duckdb_type(column)} AS "{column.name}"' for column in shown)
    return f"SELECT {cast} FROM ({tree.sql(dialect='duckdb', comments=False)})"


def _stand_in(connection: duckdb.DuckDBPyConnection, view: str, *, dataset: str) -> None:
    """Replace a view by an empty table with its columns."""
    connection.execute(f'DROP VIEW IF EXISTS "{dataset}"."{view}"')
    shown = ", ".join(f'"{column.name}" {duckdb_type(column)}' for column in columns(view))
    connection.execute(f'CREATE TABLE "{dataset}"."{view}" ({shown})')


def _create(connection: duckdb.DuckDBPyConnection, view: str, *, dataset: str) -> None:
    name = f'"{dataset}"."{view}"'
    try:
        connection.execute(f"CREATE VIEW {name} AS {select(view, dataset=dataset)}")
    except duckdb.BinderException as error:
        own = " or ".join((*CUSTOMER_TABLES, SETTINGS))
        raise SettingsError(
            [f"the view {dataset}.{view} cannot be created: if you replaced {own}, give yours all columns ({error})"]
        ) from error
    for column in columns(view):
        connection.execute(f'COMMENT ON COLUMN {name}."{column.name}" IS {literal(column.description)}')
    connection.execute(f"COMMENT ON VIEW {name} IS {literal(_comment(view, dataset=dataset))}")


def _foreign(comments: Mapping[str, str]) -> Sequence[str]:
    return [view for view in names() if MARK not in comments.get(view, MARK)]


def _comments(connection: duckdb.DuckDBPyConnection, dataset: str) -> Mapping[str, str]:
    """Return the comment of each table and view in a dataset, "" where there is none."""
    rows = connection.execute(
        "SELECT table_name, coalesce(comment, '') FROM duckdb_tables()"
        " WHERE database_name = current_database() AND schema_name = $schema"
        " UNION ALL SELECT view_name, coalesce(comment, '') FROM duckdb_views()"
        " WHERE database_name = current_database() AND schema_name = $schema",
        {"schema": dataset},
    ).fetchall()
    return dict(rows)


@cache
def _comment(view: str, *, dataset: str) -> str:
    text = f"{TRANSLATION}{view_sql(view, dataset=dataset)}{columns(view)}{version('sqlglot')}"
    return f"{description(view)} ({MARK}{sha256(text.encode()).hexdigest()[:12]})"
