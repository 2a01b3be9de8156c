"""From what a sync stores to what a campaign earned: every view in between is the real one."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from sendtrail.domain.activity import EventType
from sendtrail.domain.conversion import Conversion
from sendtrail.domain.work_item import WorkItem
from sendtrail.local.duckdb_warehouse import DuckDbWarehouse
from sendtrail.warehouse.domain_rows import conversion_row
from sendtrail.warehouse.rows import Batch, Table
from tests.contracts.samples import activities, contact, contacts, opened
from tests.fakes import NOON

ORDER = Conversion(
    conversion_id="order-1",
    user_id="",
    email="ann@example.com",
    converted_at=NOON,
    value=Decimal("10.00"),
    currency="EUR",
    kind="purchase",
)


@pytest.fixture
def warehouse(tmp_path: Path) -> Iterator[DuckDbWarehouse]:
    """Give a database with Ann's three clicks, her open, her contact and her order."""
    with DuckDbWarehouse(tmp_path / "warehouse.duckdb") as warehouse:
        clicks = [
            opened(
                event_type=EventType.CLICK,
                campaign_id=campaign,
                link_id="1",
                link_url="https://shop.example",
                activity_timestamp=NOON - timedelta(days=days),
            )
            for campaign, days in [(7, 3), (8, 2), (9, 1), (10, -1)]
        ]
        warehouse.merge(activities(*clicks, opened(campaign_id=11)))
        warehouse.merge(contacts(contact()))
        warehouse.merge(
            Batch(
                item=WorkItem(organization_id="acme", run_id="run", subject="conversions", sequence=1),
                table=Table.CONVERSIONS,
                number=0,
                delivery="token",
                rows=[conversion_row(ORDER, organization_id="acme", now=NOON)],
            )
        )
        yield warehouse


def _rows(warehouse: DuckDbWarehouse, query: str) -> list[tuple[Any, ...]]:
    return list(warehouse.query(query).rows)


def test_clicks_before_an_order_earn_it(warehouse: DuckDbWarehouse) -> None:
    """To the cent; the open and the click after it earn nothing."""
    rows = _rows(
        warehouse,
        "SELECT campaign_id, credit, value FROM marketing_ai.attribution_by_campaign"
        " WHERE model = 'linear' ORDER BY campaign_id",
    )

    assert rows == [
        (7, Decimal("0.333333334"), Decimal("3.34")),
        (8, Decimal("0.333333333"), Decimal("3.33")),
        (9, Decimal("0.333333333"), Decimal("3.33")),
    ]


def test_the_path_to_an_order_is_shown(warehouse: DuckDbWarehouse) -> None:
    """The campaigns in the order of the clicks."""
    rows = _rows(warehouse, "SELECT campaign_ids, conversions, value FROM marketing_ai.attribution_paths")

    assert rows == [("7 > 8 > 9", 1, Decimal("10.00"))]
