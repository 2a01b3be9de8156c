"""What both warehouses do with conversions and settings."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from sendtrail.domain.conversion import Conversion
from sendtrail.domain.user import User
from sendtrail.domain.work_item import WorkItem
from sendtrail.local.duckdb_warehouse import DuckDbWarehouse
from sendtrail.ports import Warehouse
from sendtrail.warehouse.domain_rows import conversion_row, setting_row, user_row
from sendtrail.warehouse.rows import Batch, Row, Table
from tests.contracts.under_test import WarehouseUnderTest
from tests.fakes import NOON

LATER = NOON + timedelta(hours=1)
ORDER = Conversion(
    conversion_id="order-1",
    user_id="",
    email="ann@example.com",
    converted_at=NOON,
    value=Decimal("99999999999999.9999"),
    currency="EUR",
    kind="purchase",
)
BETTER = Conversion(**{**{name: getattr(ORDER, name) for name in ORDER.__slots__}, "value": Decimal("-0.01")})


@pytest.fixture(params=["duckdb", "bigquery"])
def warehouse(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Warehouse]:
    """Give each warehouse, with empty tables."""
    if request.param == "bigquery":
        under_test: WarehouseUnderTest = request.getfixturevalue("bigquery_warehouse")
        yield under_test.warehouse
        return
    with DuckDbWarehouse(tmp_path / "warehouse.duckdb") as duckdb_warehouse:
        yield duckdb_warehouse


def _batch(table: Table, *rows: Row, number: int = 0) -> Batch:
    return Batch(
        item=WorkItem(organization_id="acme", run_id="run", subject=str(table), sequence=1),
        table=table,
        number=number,
        delivery="token",
        rows=rows,
    )


def test_a_conversion_is_merged_by_its_id(warehouse: Warehouse) -> None:
    """Again it changes nothing, not even at another time; what differs replaces it, once."""
    first = conversion_row(ORDER, organization_id="acme", now=NOON)
    again = conversion_row(ORDER, organization_id="acme", now=LATER)
    better = conversion_row(BETTER, organization_id="acme", now=LATER)

    changed = [
        warehouse.merge(_batch(Table.CONVERSIONS, *rows, number=number))
        for number, rows in enumerate([(first, first), (first,), (again,), (better,), (better,)])
    ]

    assert changed == [1, 0, 0, 1, 0]


def test_conversions_of_two_accounts_are_two(warehouse: Warehouse) -> None:
    """An id is the account's own."""
    rows = [conversion_row(ORDER, organization_id=name, now=NOON) for name in ("acme", "other")]

    assert warehouse.merge(_batch(Table.CONVERSIONS, *rows)) == 2


def test_a_claim_about_a_user_is_added_once(warehouse: Warehouse) -> None:
    """What differs in any way is another claim; nothing that is there is changed."""
    claim = User(user_id="7", contact_id="", email="ann@example.com", valid_from=None)
    claims = [claim, replace(claim, contact_id="1"), replace(claim, valid_from=NOON), replace(claim, valid_from=LATER)]
    rows = [user_row(each, organization_id="acme") for each in claims]
    elsewhere = user_row(claim, organization_id="other")

    added = [
        warehouse.merge(_batch(Table.USERS, *each, number=number))
        for number, each in enumerate([(rows[0], rows[0]), rows, rows, (elsewhere,)])
    ]

    assert added == [1, 3, 0, 1]


def test_a_setting_is_merged_by_its_name(warehouse: Warehouse) -> None:
    """The newest choice holds."""
    old = setting_row("lookback_days", "30", organization_id="acme", now=NOON)
    new = setting_row("lookback_days", "60", organization_id="acme", now=LATER)

    changed = [
        warehouse.merge(_batch(Table.ATTRIBUTION_SETTINGS, row, number=number))
        for number, row in enumerate([old, new, old])
    ]

    assert changed == [1, 1, 0]
