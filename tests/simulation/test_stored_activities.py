"""What is stored in the tables of a simulated cloud, counted."""

from datetime import date
from typing import cast

import pytest

from sendtrail.ports import Warehouse
from sendtrail.simulation.bigquery.stored_activities import stored_activities
from sendtrail.simulation.cloud.memory_warehouse import MemoryWarehouse
from sendtrail.sync.pairing.row_counts import RowCount
from sendtrail.warehouse.rows import Table
from tests.fakes import FakeClock

FIRST, LASTING = date(2025, 5, 1), date(2025, 6, 1)


def test_rows_are_counted_by_campaign_from_two_days_on() -> None:
    """As the statement of BigQuery counts them."""
    warehouse = MemoryWarehouse(FakeClock())
    days = {"old": "2025-04-30", "first": "2025-05-01", "lasting": "2025-06-01"}
    warehouse.tables[Table.EMAIL_ACTIVITIES] = {
        (name,): {"organization_id": "acme", "campaign_id": 2, "activity_date": day} for name, day in days.items()
    }
    stored = stored_activities(warehouse)

    assert stored.look().rows == len(days)
    assert stored.counts(since=FIRST, lasting_since=LASTING) == {"acme": {2: RowCount(stored=2, lasting=1)}}


def test_a_warehouse_of_another_kind_is_not_counted() -> None:
    """It is a fault of whoever built it."""
    with pytest.raises(TypeError, match="FakeClock"):
        stored_activities(cast("Warehouse", FakeClock()))
