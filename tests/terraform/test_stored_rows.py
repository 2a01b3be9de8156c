"""Stored views hold what the views say, of one moment: the planned statements, run over a small account."""

import json
from collections.abc import Mapping
from pathlib import Path

import duckdb
import pytest
import sqlglot

from sendtrail.local.duckdb_file import open_file
from sendtrail.local.duckdb_sql import days_of_zones, keep_decimals
from sendtrail.local.duckdb_views import typed
from sendtrail.warehouse.tables import Column, definition
from sendtrail.warehouse.views import columns, names
from tests.report.samples import make_database
from tests.terraform.plans import Plan, Resource

DATA, STORED = '"example-project".marketing_ai', '"example-project".marketing_ai_stored'
TYPES = {
    "STRING": "VARCHAR",
    "INTEGER": "BIGINT",
    "TIMESTAMP": "TIMESTAMPTZ",
    "NUMERIC": "DECIMAL(38,9)",
    "FLOAT": "DOUBLE",
}
# Relative to the present, which moves while the views are read.
MOVING = {"as_of", "hours_since_sync", "account_hours_since_sync"}
MORNING, NEXT_MORNING = "2025-07-01 04:30:00+00", "2025-07-02 04:30:00+00"
# What compares counters of now reads rows of now; what reads no activity has nothing to wait for.
CURRENT = {"completeness"}


@pytest.fixture
def connection(plan_with_stored_views: Plan, tmp_path: Path) -> duckdb.DuckDBPyConnection:
    """Give both datasets, the stored views not renewed yet."""
    file = make_database(
        tmp_path / "example-project.duckdb"
    )  # the project of the plan: the name of the file is a database's
    connection = open_file(file, memory_limit="1GB", threads=1)
    connection.execute(f"CREATE SCHEMA {STORED}")
    made = [
        r for r in plan_with_stored_views.of("google_bigquery_table") if r.values["dataset_id"] == "marketing_ai_stored"
    ]
    for resource in sorted(made, key=_order):
        name, fields = f"{STORED}.{resource.values['table_id']}", json.loads(resource.values["schema"])
        if resource.values["view"]:
            shown = _columns(resource)
            connection.execute(f"CREATE VIEW {name} AS {typed(resource.values['view'][0]['query'], shown)}")
        else:
            listed = ", ".join(f'"{field["name"]}" {TYPES.get(field["type"], field["type"])}' for field in fields)
            connection.execute(f"CREATE TABLE {name} ({listed})")
    return connection


def test_before_the_first_renewal_nothing_is_there(connection: duckdb.DuckDBPyConnection) -> None:
    """No figure is computed of a part: activities are empty, too."""
    assert _rows(connection, STORED, "email_activities") == _rows(connection, STORED, "touch_observations") == []
    assert _rows(connection, STORED, "attribution_by_campaign") == []
    assert _rows(connection, STORED, "campaigns") == _rows(connection, DATA, "campaigns") != []


def test_after_a_change_of_what_is_stored_nothing_is_there(
    plan_with_stored_views: Plan, connection: duckdb.DuckDBPyConnection
) -> None:
    """The table of renewals is made anew with any table: no view is empty beside others."""
    _renew(connection, plan_with_stored_views, MORNING)
    connection.execute(f"DELETE FROM {STORED}.refreshes")

    assert _rows(connection, STORED, "attribution") == _rows(connection, STORED, "touches") == []
    assert _rows(connection, STORED, "attribution_by_campaign") == _rows(connection, STORED, "monthly_funnel") == []


def test_every_view_holds_for_the_moment_of_the_last_renewal(
    plan_with_stored_views: Plan, connection: duckdb.DuckDBPyConnection
) -> None:
    """Each view has the rows of the one beside; those of a later sync are in none at first, and then in all."""
    _renew(connection, plan_with_stored_views, MORNING)
    before = _all(connection, STORED)
    assert all(
        before[view] for view in ("attribution", "attribution_touches", "campaigns_current", "touch_observations")
    )
    # Less than half an hour before the renewal: it may lack others of its batch.
    _click_again(connection, created_at="2025-07-01 04:10:00+00")
    during, beside = _all(connection, STORED), _all(connection, DATA)
    _renew(connection, plan_with_stored_views, NEXT_MORNING)

    assert beside["touch_observations"] != before["touch_observations"]
    assert {view for view in before if during[view] != before[view]} <= CURRENT
    assert during["completeness"] == beside["completeness"]
    assert _all(connection, STORED) == beside
    moments = connection.execute(f"SELECT CAST(as_of AS VARCHAR) FROM {STORED}.refreshes ORDER BY as_of").fetchall()
    assert moments == [("2025-07-01 04:00:00+00",), ("2025-07-02 04:00:00+00",)]


def _renew(connection: duckdb.DuckDBPyConnection, plan: Plan, now: str) -> None:
    """Run the script of the schedule as if it were `now`."""
    (config,) = plan.of("google_bigquery_data_transfer_config")
    script = config.values["params"]["query"].replace("CURRENT_TIMESTAMP()", f"TIMESTAMP '{now}'")
    for tree in sqlglot.parse(script, read="bigquery"):
        assert tree
        keep_decimals(tree)
        days_of_zones(tree)
        connection.execute(tree.sql(dialect="duckdb", comments=False))


def _click_again(connection: duckdb.DuckDBPyConnection, *, created_at: str) -> None:
    """Store that everybody who clicked has clicked twice as often, a day later."""
    connection.execute(f"""
        INSERT INTO {DATA}.email_activities
        SELECT * REPLACE (
            md5(activity_id) AS activity_id, times * 2 AS times, TIMESTAMPTZ '{created_at}' AS created_at,
            activity_date + 1 AS activity_date, activity_timestamp + INTERVAL 1 DAY AS activity_timestamp
        )
        FROM {DATA}.email_activities WHERE event_type = 'click'
    """)


def _all(connection: duckdb.DuckDBPyConnection, dataset: str) -> Mapping[str, list[str]]:
    return {view: _rows(connection, dataset, view) for view in names()}


def _rows(connection: duckdb.DuckDBPyConnection, dataset: str, name: str) -> list[str]:
    named = columns(name) if name in names() else definition(name).columns
    shown = ", ".join(f'"{column.name}"' for column in named if column.name not in MOVING)
    found = connection.execute(f"SELECT CAST(shown AS VARCHAR) FROM (SELECT {shown} FROM {dataset}.{name}) AS shown")
    return sorted(text for [text] in found.fetchall())


def _columns(resource: Resource) -> tuple[Column, ...]:
    name = resource.values["table_id"]
    return columns(name) if name in names() else definition(name).columns


def _order(resource: Resource) -> tuple[int, str]:
    """Return the place of a table or view: after those that it reads."""
    kinds = ("google_bigquery_table.", "module.stored_sources.", "module.stored_views.module.views_")
    return next(number for number, kind in enumerate(kinds) if resource.address.startswith(kind)), resource.address
