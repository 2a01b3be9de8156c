"""What every Warehouse keeps of odd rows, and says of the times of rows."""

from datetime import timedelta

from sendtrail.domain.activity import EventType
from sendtrail.domain.timestamp_meaning import TimestampEvidence
from sendtrail.warehouse.rows import Table
from tests.contracts.samples import LATER, OPEN, activities, opened, unreadable
from tests.contracts.under_test import WarehouseUnderTest

MOMENT = OPEN.activity_timestamp
SINCE = (MOMENT - timedelta(days=30)).date()


def test_a_row_that_cannot_be_understood_is_kept_once(warehouse: WarehouseUnderTest) -> None:
    """As it came; read again, it says when it was last seen."""
    raw = '{"email": "", "tstamp": "soon 🌸"}'
    warehouse.warehouse.merge(unreadable(raw, raw, "[]"))

    changed = warehouse.warehouse.merge(unreadable(raw, reason="no readable time", now=LATER))

    rows = {row["raw"]: row for row in warehouse.read(Table.UNREADABLE_ROWS)}
    assert changed == 1
    assert set(rows) == {raw, "[]"}
    assert (rows[raw]["reason"], rows[raw]["updated_at"]) == ("no readable time", LATER)


def test_the_times_of_rows_whose_counts_grew_are_evidence(warehouse: WarehouseUnderTest) -> None:
    """Opens that moved, a click that stood; a row seen once shows nothing, nor does another account's."""
    click = {"event_type": EventType.CLICK, "link_id": "9"}
    warehouse.warehouse.merge(
        activities(
            opened(contact_id="1"),
            opened(contact_id="1", times=2, activity_timestamp=MOMENT + timedelta(hours=1)),
            opened(contact_id="1", times=5, activity_timestamp=MOMENT + timedelta(hours=2)),
            opened(contact_id="2"),
            opened(contact_id="3", **click),
            opened(contact_id="3", times=3, **click),
            opened(contact_id="4", organization_id="other"),
            opened(contact_id="4", organization_id="other", times=2),
        )
    )

    evidence = warehouse.warehouse.timestamp_evidence("acme", since=SINCE)

    assert evidence == {"open": TimestampEvidence(moved=2), "click": TimestampEvidence(stood=1)}
