"""What every Warehouse does with contacts, and with those that vanish."""

from datetime import UTC, datetime, timedelta

import pytest

from sendtrail.domain.contact import ListMembership, PassCounts
from sendtrail.errors import LeaseLost
from sendtrail.warehouse.rows import Table
from tests.contracts.samples import EARLIER, LATER, contact, contacts
from tests.contracts.under_test import Row, WarehouseUnderTest
from tests.fakes import NOON

FUTURE = datetime(2150, 1, 1, tzinfo=UTC)


def _only_contact(warehouse: WarehouseUnderTest) -> Row:
    [row] = warehouse.read(Table.CONTACTS)
    return row


def _deleted(warehouse: WarehouseUnderTest) -> list[tuple[str, str]]:
    rows = warehouse.read(Table.CONTACTS)
    return [(row["organization_id"], row["contact_id"]) for row in rows if row["deleted_at"]]


def test_a_contact_is_stored_with_its_tags_and_lists(warehouse: WarehouseUnderTest) -> None:
    """Arrays and arrays of records come back in their order; an absent phone is NULL."""
    lists = (ListMembership(list_name="Nyheter ø", status=1), ListMembership(list_name="Shop", status=2))

    warehouse.warehouse.merge(contacts(contact(tags=("b", "a"), lists=lists)))

    row = _only_contact(warehouse)
    assert (list(row["tags"]), list(row["lists"])) == (["b", "a"], ["Nyheter ø", "Shop"])
    assert list(row["list_statuses"]) == [
        {"list": "Nyheter ø", "status": "active"},
        {"list": "Shop", "status": "unsubscribed"},
    ]
    assert (row["last_name"], row["phone"], row["status"]) == ("Ågren", None, "active")


def test_a_contact_without_tags_and_lists_has_empty_arrays(warehouse: WarehouseUnderTest) -> None:
    """An empty array is stored as one, not as NULL."""
    warehouse.warehouse.merge(contacts(contact(tags=(), lists=())))

    row = _only_contact(warehouse)
    assert (list(row["tags"]), list(row["lists"]), list(row["list_statuses"])) == ([], [], [])


def test_a_contact_to_be_erased_keeps_the_address_that_it_comes_without(warehouse: WarehouseUnderTest) -> None:
    """It leads to what else is theirs, when they are erased; since when it was deleted stays, too, until it is back."""
    gone = [contact(at=at, email="", deleted_at=at) for at in (LATER, LATER + timedelta(hours=1))]
    warehouse.warehouse.merge(contacts(contact()))

    changed = [warehouse.warehouse.merge(contacts(row)) for row in gone]
    row = _only_contact(warehouse)
    warehouse.warehouse.merge(contacts(contact(at=LATER + timedelta(hours=2), email="new@example.com")))
    back = _only_contact(warehouse)

    assert changed[0] == 1
    assert (row["email"], row["deleted_at"]) == ("ann@example.com", LATER)
    assert (back["email"], back["deleted_at"]) == ("new@example.com", None)


def test_a_contact_that_the_account_lists_as_deleted_is_stored_as_listed(warehouse: WarehouseUnderTest) -> None:
    """Without an address, and with the time that the account says last: nobody has asked for its erasure."""
    hours = [LATER + timedelta(hours=number) for number in range(2)]
    warehouse.warehouse.merge(contacts(contact()))

    changed = [
        warehouse.warehouse.merge(contacts(contact(at=at, email="", deleted_at=at - timedelta(days=1)))) for at in hours
    ]

    row = _only_contact(warehouse)
    assert changed == [1, 1]
    assert (row["email"], row["deleted_at"]) == (None, hours[1] - timedelta(days=1))


def test_a_newer_reading_wins(warehouse: WarehouseUnderTest) -> None:
    """A changed contact is rewritten; created_at stays that of the first reading."""
    warehouse.warehouse.merge(contacts(contact(at=NOON)))

    changed = warehouse.warehouse.merge(contacts(contact(at=LATER, first_name="Anna")))

    row = _only_contact(warehouse)
    assert changed == 1
    assert (row["first_name"], row["created_at"], row["updated_at"]) == ("Anna", NOON, LATER)


def test_an_older_reading_does_not_overwrite_a_newer_one(warehouse: WarehouseUnderTest) -> None:
    """A batch that comes late changes nothing."""
    warehouse.warehouse.merge(contacts(contact(at=NOON)))

    assert warehouse.warehouse.merge(contacts(contact(at=EARLIER, first_name="Old"))) == 0
    assert _only_contact(warehouse)["first_name"] == "Ann"


def test_an_unchanged_contact_is_not_rewritten(warehouse: WarehouseUnderTest) -> None:
    """A contact seen again as it was keeps its updated_at."""
    warehouse.warehouse.merge(contacts(contact(at=NOON)))

    assert warehouse.warehouse.merge(contacts(contact(at=LATER))) == 0
    assert _only_contact(warehouse)["updated_at"] == NOON


def test_of_two_readings_in_a_batch_the_newer_is_stored(warehouse: WarehouseUnderTest) -> None:
    """A contact may stand twice in a batch, in any order."""
    warehouse.warehouse.merge(contacts(contact(at=LATER, first_name="New"), contact(at=NOON, first_name="Old")))

    assert _only_contact(warehouse)["first_name"] == "New"


def test_a_finished_pass_marks_the_contacts_it_did_not_see(warehouse: WarehouseUnderTest) -> None:
    """A contact that vanished from the account gets the time of the pass."""
    warehouse.warehouse.merge(contacts(contact(contact_id=1), contact(contact_id=2), pass_id="pass-1"))
    warehouse.warehouse.merge(contacts(contact(contact_id=1, at=LATER), pass_id="pass-2"))

    marked = warehouse.warehouse.mark_vanished("acme", pass_id="pass-2", seen=1, at=LATER)

    assert marked == 1
    assert [row["deleted_at"] for row in warehouse.read(Table.CONTACTS)] == [None, LATER]


def test_what_several_batches_of_a_pass_saw_counts_together(warehouse: WarehouseUnderTest) -> None:
    """A pass is many batches, some of them merged twice."""
    batches = [contacts(contact(contact_id=1)), contacts(contact(contact_id=2)), contacts(contact(contact_id=1))]
    for batch in batches:
        warehouse.warehouse.merge(batch)

    assert warehouse.warehouse.mark_vanished("acme", pass_id="pass-1", seen=2, at=LATER) == 0


def test_marking_again_changes_nothing(warehouse: WarehouseUnderTest) -> None:
    """A worker killed after marking marks again; those seen stay, and the first time stays too."""
    warehouse.warehouse.merge(contacts(contact(contact_id=1), contact(contact_id=2), pass_id="pass-1"))
    warehouse.warehouse.merge(contacts(contact(contact_id=1, at=LATER), pass_id="pass-2"))
    warehouse.warehouse.mark_vanished("acme", pass_id="pass-2", seen=1, at=NOON)

    assert warehouse.warehouse.mark_vanished("acme", pass_id="pass-2", seen=1, at=LATER) == 0
    assert [row["deleted_at"] for row in warehouse.read(Table.CONTACTS)] == [None, NOON]


def test_a_pass_that_saw_nobody_marks_everybody(warehouse: WarehouseUnderTest) -> None:
    """The account was emptied."""
    warehouse.warehouse.merge(contacts(contact(contact_id=1), contact(contact_id=2), pass_id="pass-1"))

    warehouse.warehouse.forget_pass("acme", pass_id="pass-1")
    assert warehouse.warehouse.mark_vanished("acme", pass_id="pass-2", seen=0, at=LATER) == 2


def test_a_pass_marks_contacts_of_its_own_account_only(warehouse: WarehouseUnderTest) -> None:
    """Contacts of other accounts are none of its business, whatever their ids."""
    warehouse.warehouse.merge(contacts(contact(contact_id=1), pass_id="pass-1"))
    others = contact(contact_id=1, organization_id="globex")
    warehouse.warehouse.merge(contacts(others, pass_id="pass-1", organization_id="globex"))

    warehouse.warehouse.forget_pass("acme", pass_id="pass-1")
    warehouse.warehouse.mark_vanished("acme", pass_id="pass-2", seen=0, at=LATER)

    assert _deleted(warehouse) == [("acme", "1")]


def test_a_contact_that_is_seen_again_is_no_longer_deleted(warehouse: WarehouseUnderTest) -> None:
    """Unchanged as it is, it comes back to life."""
    warehouse.warehouse.merge(contacts(contact(at=EARLIER), pass_id="pass-1"))
    warehouse.warehouse.forget_pass("acme", pass_id="pass-1")
    warehouse.warehouse.mark_vanished("acme", pass_id="pass-2", seen=0, at=NOON)

    changed = warehouse.warehouse.merge(contacts(contact(at=LATER), pass_id="pass-3"))

    assert changed == 1
    assert _deleted(warehouse) == []


def test_the_next_pass_starts_from_nothing(warehouse: WarehouseUnderTest) -> None:
    """What an earlier pass saw does not save a contact that the next one misses."""
    warehouse.warehouse.merge(contacts(contact(), pass_id="pass-1"))
    warehouse.warehouse.mark_vanished("acme", pass_id="pass-1", seen=1, at=NOON)

    warehouse.warehouse.forget_pass("acme", pass_id="pass-1")
    assert warehouse.warehouse.mark_vanished("acme", pass_id="pass-2", seen=0, at=LATER) == 1


def test_a_pass_whose_rows_were_forgotten_marks_nobody(warehouse: WarehouseUnderTest) -> None:
    """The next pass has begun: whoever still works at this one was overtaken."""
    warehouse.warehouse.merge(contacts(contact(contact_id=1), contact(contact_id=2), pass_id="pass-1"))
    warehouse.warehouse.forget_pass("acme", pass_id="pass-1")
    warehouse.warehouse.merge(contacts(contact(contact_id=3, at=LATER), pass_id="pass-2"))

    assert warehouse.warehouse.mark_vanished("acme", pass_id="pass-1", seen=2, at=LATER) == 0
    assert _deleted(warehouse) == []


def test_a_pass_that_is_over_leaves_what_the_next_one_saw(warehouse: WarehouseUnderTest) -> None:
    """The next one still marks whom it missed, and nobody else."""
    warehouse.warehouse.merge(contacts(contact(contact_id=1), contact(contact_id=2), pass_id="pass-1"))
    warehouse.warehouse.forget_pass("acme", pass_id="pass-1")
    warehouse.warehouse.merge(contacts(contact(contact_id=1, at=LATER), pass_id="pass-2"))
    warehouse.warehouse.mark_vanished("acme", pass_id="pass-1", seen=2, at=NOON)

    assert warehouse.warehouse.mark_vanished("acme", pass_id="pass-2", seen=1, at=LATER) == 1
    assert _deleted(warehouse) == [("acme", "2")]


def test_a_pass_of_which_rows_are_missing_marks_nobody(warehouse: WarehouseUnderTest) -> None:
    """It has seen more contacts than are known of it."""
    warehouse.warehouse.merge(contacts(contact(contact_id=1), contact(contact_id=2), pass_id="pass-1"))
    warehouse.warehouse.merge(contacts(contact(contact_id=1, at=LATER), pass_id="pass-2"))

    assert warehouse.warehouse.mark_vanished("acme", pass_id="pass-2", seen=2, at=LATER) == 0


def test_a_pass_that_saw_nobody_marks_nobody_while_another_has_seen_some(warehouse: WarehouseUnderTest) -> None:
    """It may have been overtaken: nothing tells that apart."""
    warehouse.warehouse.merge(contacts(contact(contact_id=1), pass_id="pass-2"))

    assert warehouse.warehouse.mark_vanished("acme", pass_id="pass-1", seen=0, at=LATER) == 0


def test_a_pass_is_counted_before_it_marks(warehouse: WarehouseUnderTest) -> None:
    """Those stored before it and not deleted, those of them that it missed, and those that it saw."""
    old = [contact(contact_id=number, at=EARLIER) for number in (1, 2, 3)]
    warehouse.warehouse.merge(contacts(*old, contact(contact_id=4, deleted_at=EARLIER), pass_id="pass-1"))
    warehouse.warehouse.merge(contacts(contact(contact_id=1, at=LATER), contact(contact_id=9, at=LATER), pass_id="p-2"))

    counts = warehouse.warehouse.pass_counts("acme", pass_id="p-2", started_at=NOON)

    assert counts == PassCounts(known=3, unseen=2, seen=2)


def test_an_account_without_contacts_counts_none(warehouse: WarehouseUnderTest) -> None:
    """No row is no error."""
    counts = warehouse.warehouse.pass_counts("acme", pass_id="pass-1", started_at=NOON)

    assert counts == PassCounts(known=0, unseen=0, seen=0)


def test_a_reading_from_the_future_gives_way_to_a_true_one(warehouse: WarehouseUnderTest) -> None:
    """A clock was wrong: when it was read is unknown, and an unchanged contact gets its true time, too."""
    warehouse.warehouse.merge(contacts(contact(contact_id=1, at=FUTURE, first_name="Old"), contact(at=FUTURE)))

    changed = warehouse.warehouse.merge(contacts(contact(at=NOON, first_name="Anna")))
    again = warehouse.warehouse.merge(contacts(contact(at=EARLIER, first_name="Older")))

    row = _only_contact(warehouse)
    assert (changed, again) == (1, 0)
    assert (row["first_name"], row["updated_at"]) == ("Anna", NOON)


def test_a_deletion_in_the_future_gets_its_true_time(warehouse: WarehouseUnderTest) -> None:
    """It was marked while a clock was wrong."""
    warehouse.warehouse.merge(contacts(contact(contact_id=1), contact(contact_id=2), pass_id="pass-1"))
    warehouse.warehouse.merge(contacts(contact(contact_id=1, at=LATER), pass_id="pass-2"))
    warehouse.warehouse.mark_vanished("acme", pass_id="pass-2", seen=1, at=FUTURE)

    warehouse.warehouse.mark_vanished("acme", pass_id="pass-2", seen=1, at=LATER)
    warehouse.warehouse.mark_vanished("acme", pass_id="pass-2", seen=1, at=LATER + timedelta(hours=1))

    assert [row["deleted_at"] for row in warehouse.read(Table.CONTACTS)] == [None, LATER]


def _lost() -> None:
    raise LeaseLost("another worker has taken this work over")


def test_a_worker_that_lost_its_lease_writes_nothing(warehouse: WarehouseUnderTest) -> None:
    """No row, no mark, and what a pass saw stays known."""
    warehouse.warehouse.merge(contacts(contact(contact_id=1), contact(contact_id=2), pass_id="pass-1"))
    warehouse.warehouse.merge(contacts(contact(contact_id=1, at=LATER), pass_id="pass-2"))
    before = warehouse.read(Table.CONTACTS)

    with pytest.raises(LeaseLost):
        warehouse.warehouse.merge(contacts(contact(contact_id=3), pass_id="pass-2"), check_lease=_lost)
    with pytest.raises(LeaseLost):
        warehouse.warehouse.mark_vanished("acme", pass_id="pass-2", seen=1, at=LATER, check_lease=_lost)
    with pytest.raises(LeaseLost):
        warehouse.warehouse.forget_pass("acme", pass_id="pass-2", check_lease=_lost)

    assert warehouse.read(Table.CONTACTS) == before
    counts = warehouse.warehouse.pass_counts("acme", pass_id="pass-2", started_at=NOON)
    assert (counts.seen, counts.unseen) == (1, 1)
