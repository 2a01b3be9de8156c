"""Rows of erased people stay out of each warehouse, and nothing looks as if it was missing."""

from dataclasses import asdict, replace
from datetime import date

from sendtrail.erasure.erased_people import ErasedPeople, Kind
from sendtrail.erasure.guarded_warehouse import GuardedWarehouse
from sendtrail.warehouse.rows import Batch, Table
from tests.contracts.samples import FIRST_PASS, activities, contact, contacts, opened, unreadable
from tests.contracts.under_test import WarehouseUnderTest
from tests.fakes import NOON, FakeClock

NOBODY = ErasedPeople(key=b"k" * 32)
JOE = {"contact_id": "2", "contact_email": "joe@example.com"}


def guarded(under_test: WarehouseUnderTest, kind: Kind, name: str) -> GuardedWarehouse:
    """Return a warehouse in which somebody is erased."""
    people = NOBODY.plus([NOBODY.token(kind, "acme", name)])
    return GuardedWarehouse(inner=under_test.warehouse, people=lambda: people, clock=FakeClock())


def read_twice(batch: Batch, guard: GuardedWarehouse) -> None:
    """Merge a batch, and again as an audit does."""
    guard.merge(batch)
    guard.merge(replace(batch, delivery="audit"))


def test_counts_know_of_rows_that_are_withheld(warehouse: WarehouseUnderTest) -> None:
    """The account counts them, so an audit that did not would read the campaign for ever."""
    rows = [opened(times=1), opened(times=3), opened(**JOE, times=2)]

    read_twice(activities(*rows), guarded(warehouse, Kind.ADDRESS, "ANN@example.com"))

    assert [row["contact_id"] for row in warehouse.read(Table.EMAIL_ACTIVITIES)] == ["2"]
    assert [(row["campaign_id"], row["event_type"], row["times"]) for row in warehouse.read(Table.ERASED_ROWS)] == [
        (7, "open", 3)
    ]
    found = warehouse.warehouse.stored_counts("acme", since=date(2025, 1, 1))[7, "open"]
    assert asdict(found) == {"rows": 2, "times": 5}


def test_a_pass_has_seen_contacts_that_are_withheld(warehouse: WarehouseUnderTest) -> None:
    """One that seemed to lack some would mark nobody as deleted, and be repeated each time."""
    guard = guarded(warehouse, Kind.CONTACT, "1")

    read_twice(contacts(contact(), contact(contact_id=2, email="joe@example.com")), guard)
    guard.merge(contacts(contact()))

    assert [row["contact_id"] for row in warehouse.read(Table.CONTACTS)] == ["2"]
    counts = guard.pass_counts("acme", pass_id=FIRST_PASS, started_at=NOON)
    assert (counts.seen, counts.unseen) == (2, 0)


def test_rows_that_cannot_be_read_are_withheld_too(warehouse: WarehouseUnderTest) -> None:
    """They are stored as they came, with the address."""
    guard = guarded(warehouse, Kind.CONTACT, "1")

    guard.merge(unreadable('{"subscriberid": "1", "tstamp": "?"}', '{"subscriberid": "12", "tstamp": "?"}'))

    assert [row["raw"] for row in warehouse.read(Table.UNREADABLE_ROWS)] == ['{"subscriberid": "12", "tstamp": "?"}']
