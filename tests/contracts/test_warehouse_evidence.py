"""What every Warehouse keeps of odd rows, and says of the times of rows."""

from datetime import timedelta
from typing import Any

from sendtrail.domain.activity import EventType
from sendtrail.domain.stored_counts import StoredCounts
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


def test_what_is_stored_is_counted_by_rows_of_the_reports(warehouse: WarehouseUnderTest) -> None:
    """Two observations of one row are one row, with the larger count; contacts without an id are not told apart."""
    bounce: dict[str, Any] = {"event_type": EventType.BOUNCE, "discriminator": "5", "detail": {"id": "5"}}
    click: dict[str, Any] = {"event_type": EventType.CLICK, "contact_id": "1", "times": 2}
    rows = (
        opened(contact_id="1"),
        opened(contact_id="1", times=3, activity_timestamp=MOMENT + timedelta(hours=1)),
        opened(contact_id="", contact_email="Bo@example.com"),
        opened(contact_id="", contact_email="bo@example.com", times=2),
        opened(campaign_id=8),
        opened(contact_id="2", activity_timestamp=MOMENT - timedelta(days=40)),
        opened(contact_id="2", organization_id="other"),
        opened(link_id="9", **click),
        opened(link_id="10", **click),
        opened(**bounce),
        opened(contact_id="1", event_type=EventType.FORWARD, times=2),
        opened(**{**bounce, "discriminator": "6", "detail": {"id": "6"}}),
    )
    for number in range(2):
        warehouse.warehouse.merge(activities(*rows, number=number))

    assert warehouse.warehouse.stored_counts("acme", since=SINCE) == {
        (7, "open"): StoredCounts(rows=2, times=5),
        (7, "click"): StoredCounts(rows=2, times=4),
        (7, "bounce"): StoredCounts(rows=2, times=2),
        (7, "forward"): StoredCounts(rows=1, times=2),
        (8, "open"): StoredCounts(rows=1, times=1),
    }


def test_counts_beyond_belief_do_not_overflow(warehouse: WarehouseUnderTest) -> None:
    """An earlier version may have stored them: their sum would be beyond the column, and the query fail for good."""
    rows = [opened(contact_id=str(number), times=10**18 - 1) for number in range(1, 11)]
    warehouse.warehouse.merge(activities(*rows))

    counts = warehouse.warehouse.stored_counts("acme", since=SINCE)

    assert counts == {(7, "open"): StoredCounts(rows=10, times=10 * 10**9)}
