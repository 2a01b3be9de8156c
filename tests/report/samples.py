"""A small account with conversions in two currencies, and one campaign whose name is an attack.

Its rows are the case `report/sample`: twelve opens and six clicks of each campaign, a click by a scanner in the second
after the send, and orders after one click, two, none, and a machine's; one has no value.
"""

from datetime import UTC, datetime
from pathlib import Path

import duckdb

from sendtrail.local.duckdb_warehouse import DuckDbWarehouse
from sendtrail.warehouse.tables import definition
from tests.views.cases import filled, load_cases
from tests.views.engines import insert

NOW = datetime(2025, 11, 23, 9, tzinfo=UTC)
SAMPLE = load_cases()["report/sample"]
ATTACK = SAMPLE.given["campaigns"][1]["campaign_name"]


def make_database(path: Path, *, has_conversions: bool = True, organization: str = "acme") -> Path:
    """Make a database that holds the account, with its views; the conversions may be of another account."""
    DuckDbWarehouse(path).close()
    with duckdb.connect(path) as connection:
        for table, rows in SAMPLE.given.items():
            given = [{**row, "organization_id": organization} for row in rows] if table == "conversions" else rows
            if has_conversions or table != "conversions":
                insert(connection, f"marketing_ai.{table}", definition(table), filled(table, given))
    return path
