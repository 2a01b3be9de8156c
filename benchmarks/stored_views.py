"""What queries of some views read, where all are computed and where some are stored, and what storing them reads.

BigQuery bills the columns that a query reads, whole, however often it names them. Which these are, DuckDB's optimizer
says of the same SQL: it reads no column that changes nothing. No rows are needed, and no time is measured.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

import duckdb
import orjson

from benchmarks.figures import Figure
from sendtrail.local.duckdb_schema import create_table
from sendtrail.local.duckdb_views import select, typed
from sendtrail.pricing.examples import MEDIUM
from sendtrail.pricing.stored_views import CONVERSIONS, MODELS, TOUCHES, TOUCHES_A_CONVERSION
from sendtrail.warehouse.rows import Table
from sendtrail.warehouse.tables import Column, TableDefinition, definition
from sendtrail.warehouse.views import columns, names, references, view_sql

DATASET, ACTIVITIES = "marketing_ai", Table.EMAIL_ACTIVITIES
# As Terraform's variable `stored_views` has them, each after those that it reads.
STORED = ("campaigns_current", "contact_addresses", "touch_observations", "attribution_touches", "attribution")
SHOWN = ("attribution_by_month", "attribution_by_campaign", "revenue_by_campaign", "attribution_paths", "touches")
GIGABYTE = 1e9
# What a plan leaves out because the tables are empty here.
GUESSES = "statistics_propagation,empty_result_pullup"
# Bytes of a value: https://cloud.google.com/bigquery/docs/reference/standard-sql/data-types#data_type_sizes
FIXED = {"INTEGER": 8, "TIMESTAMP": 8, "DATE": 8, "BOOLEAN": 1, "FLOAT": 8, "NUMERIC": 16}
# Of texts, where all rows have one; those that few rows have are shared by all.
TEXTS = {
    "contact_email": 25,
    "email": 25,
    "campaign_name": 22,
    "event_type": 7,
    "link_url": 9,
    "link_id": 6,
    "message_id": 6,
}
TEXT = 10
RARE = {"recognised_at": 1, "machine_rule": 1}


def measure() -> list[Figure]:
    """Return the gigabytes that queries of a medium account with a year of history read."""
    computed, stored = _gigabytes(SHOWN, ()), _gigabytes(SHOWN, STORED)
    renewed = read_by_a_renewal()
    return [
        *(
            Figure(scenario=f"a query of {view}", name=f"with views {how}", value=found[view], unit=" GB")
            for view in SHOWN
            for how, found in (("computed", computed), ("stored", stored))
        ),
        *(Figure(scenario="a renewal", name=view, value=size / GIGABYTE, unit=" GB") for view, size in renewed.items()),
        Figure(scenario="a renewal", name="all", value=sum(renewed.values()) / GIGABYTE, unit=" GB"),
    ]


def read_by_a_renewal() -> Mapping[str, float]:
    """Return the bytes that each stored view reads when it is renewed, those before it being stored."""
    return {view: _bytes([view], STORED[:place])[view] for place, view in enumerate(STORED)}


def row_bytes(view: str) -> int:
    """Return the bytes of a row of a view that is stored."""
    return sum(size_of(column) for column in columns(view))


def size_of(column: Column) -> int:
    """Return the bytes that a value of a column takes in the mean."""
    return RARE.get(column.name) or FIXED.get(column.type) or TEXTS.get(column.name, TEXT)


def _gigabytes(views: Iterable[str], stored: Collection[str]) -> Mapping[str, float]:
    return {view: size / GIGABYTE for view, size in _bytes(views, stored).items()}


def _bytes(views: Iterable[str], stored: Collection[str]) -> Mapping[str, float]:
    """Return the bytes that a query of each view reads where some are stored."""
    with duckdb.connect() as connection:
        connection.execute(f"SET TimeZone = 'UTC'; SET disabled_optimizers = '{GUESSES}'; CREATE SCHEMA {DATASET}")
        for table in Table:
            create_table(connection, DATASET, definition(table))
        for each in _needed(views, stored):
            if each in stored:
                shown = TableDefinition(name=each, description="", columns=columns(each), resource={})
                create_table(connection, DATASET, shown)
            else:
                connection.execute(f"CREATE VIEW {DATASET}.{each} AS {select(each, dataset=DATASET)}")
        return {view: _bytes_of(connection, view, is_beside_stored=bool(stored) or view in STORED) for view in views}


def _needed(views: Iterable[str], stored: Collection[str]) -> Iterable[str]:
    """Return what is read for some views, and they themselves, each after what it reads."""
    waiting, found = list(views), set[str]()
    while waiting:
        view = waiting.pop()
        if view in names() and view not in found:
            found.add(view)
            waiting += () if view in stored else references(view)
    return [view for view in names() if view in found]


def _bytes_of(connection: duckdb.DuckDBPyConnection, view: str, *, is_beside_stored: bool) -> float:
    read = _columns_read(connection, typed(view_sql(view, dataset=DATASET), columns(view)))
    if is_beside_stored and ACTIVITIES in read:  # they are those of the moment of a renewal
        read[ACTIVITIES] |= {column for column in definition(ACTIVITIES).columns if column.name == "created_at"}
    return sum(_rows(table) * size_of(column) for table, found in read.items() for column in found)


def _columns_read(connection: duckdb.DuckDBPyConnection, query: str) -> Mapping[str, set[Column]]:
    [(_, plan)] = connection.execute(f"EXPLAIN (FORMAT json) {query}").fetchall()
    read: dict[str, set[Column]] = {}
    for table, projected in _scans(orjson.loads(plan)):
        known = columns(table) if table in names() else definition(table).columns
        read.setdefault(table, set()).update(column for column in known if column.name in projected)
    return read


def _scans(nodes: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, Collection[str]]]:
    for node in nodes:
        found: Mapping[str, Any] = node.get("extra_info", {})
        if "Table" in found:
            yield str(found["Table"]).rpartition(".")[2], _words(found.get("Projections", ()))
        yield from _scans(node.get("children", ()))


def _words(projections: str | Sequence[str]) -> Collection[str]:
    return projections.split("\n") if isinstance(projections, str) else projections


def _rows(table: str) -> float:
    """Return the rows of a table in a medium account with a year of history."""
    activities = MEDIUM.activities * MEDIUM.history_days
    attributed = activities * CONVERSIONS * TOUCHES_A_CONVERSION
    rows = {
        "email_activities": activities,
        "touch_observations": TOUCHES * activities,
        "attribution_touches": attributed,
        "attribution": MODELS * attributed,
        "conversions": activities * CONVERSIONS,
        "contacts": MEDIUM.contacts,
        "contact_addresses": MEDIUM.contacts,
        "campaigns": MEDIUM.campaigns,
        "campaigns_current": MEDIUM.campaigns,
    }
    return rows.get(table, 0.0)
