"""Whether pseudonyms are stored is chosen once, with one key; whoever differs is refused."""

from collections.abc import Callable
from pathlib import Path

import pytest

from sendtrail.domain.user import User
from sendtrail.entrypoints.runtime import pseudonyms_of
from sendtrail.entrypoints.settings import FunctionSettings
from sendtrail.erasure.erased_people import ErasedPeople
from sendtrail.erasure.guarded_warehouse import GuardedWarehouse
from sendtrail.erasure.person import named_person
from sendtrail.errors import Rejected, SettingsError
from sendtrail.local.duckdb_warehouse import DuckDbWarehouse
from sendtrail.local.erasure.list_file import list_path, new_list, write_list
from sendtrail.local.erasure.people_tables import DuckDbPeopleTables
from sendtrail.local.pseudonyms.local_pseudonyms import local_pseudonyms
from sendtrail.local.state.adoption import open_state
from sendtrail.pseudonyms.pseudonym_choice import holds_addresses
from sendtrail.pseudonyms.pseudonymous_warehouse import PseudonymousWarehouse
from sendtrail.pseudonyms.pseudonyms import Pseudonyms, is_pseudonym
from sendtrail.pseudonyms.stored_pseudonyms import AgreedPseudonyms, stored_pseudonyms
from sendtrail.warehouse.domain_rows import user_row
from sendtrail.warehouse.rows import Batch, Row, Table
from tests.contracts.samples import activities, contact, contacts, opened, unreadable
from tests.erasure.test_local_erasure import batch, sale
from tests.fakes import FakeClock, MemoryState, MemoryWarehouse

KEY, OTHER = "ab" * 32, "cd" * 32


def claim(user_id: str) -> Row:
    """Return the row of a claim that a user is a contact, by its id."""
    return user_row(User(user_id=user_id, contact_id="1", email="", valid_from=None), organization_id="acme")


def agreed(state: MemoryState, key: str | None, *, holds: bool = False) -> AgreedPseudonyms:
    """Return the pseudonyms as a function has them."""
    read_key: Callable[[], str] | None = None if key is None else lambda: key
    return AgreedPseudonyms(state, read_key, holds_addresses=lambda: holds)


def test_the_first_batch_chooses_and_every_later_one_obeys() -> None:
    """The choice is in the state, with what tells the key from any other, and without the key."""
    state, warehouse = MemoryState(), MemoryWarehouse()
    edge = PseudonymousWarehouse(inner=warehouse, pseudonyms=agreed(state, KEY))

    edge.merge(contacts(contact()))
    edge.merge(activities(opened()))

    [row] = warehouse.rows(Table.CONTACTS)
    [activity] = warehouse.rows(Table.EMAIL_ACTIVITIES)
    assert is_pseudonym(row["email"])
    assert row["email"] == activity["contact_email"]
    assert KEY not in str(state.documents)
    assert stored_pseudonyms(state, lambda: KEY) == Pseudonyms(key=bytes.fromhex(KEY))


@pytest.mark.parametrize(
    ("key", "problem"),
    [
        (None, "their key was not given"),
        (OTHER, "is another one"),
        ("", "the secret, the key of the pseudonyms, is not"),
    ],
)
def test_without_the_first_key_nothing_is_merged(key: str | None, problem: str) -> None:
    """It is a failure of the account's until somebody mends it; a worker of an earlier revision is refused as well."""
    state, warehouse = MemoryState(), MemoryWarehouse()
    agreed(state, KEY)()

    with pytest.raises(Rejected, match=problem):
        PseudonymousWarehouse(inner=warehouse, pseudonyms=agreed(state, key)).merge(contacts(contact()))

    assert not warehouse.rows(Table.CONTACTS)


def test_addresses_that_are_stored_already_are_not_mixed_with_pseudonyms() -> None:
    """They would join nothing."""
    state = MemoryState()

    with pytest.raises(Rejected, match="the data holds addresses as they are already"):
        agreed(state, KEY, holds=True)()

    assert agreed(state, None)() is None
    assert stored_pseudonyms(state, lambda: pytest.fail("asked for a key")) is None


def test_an_erased_person_is_known_by_the_pseudonym() -> None:
    """Rows are pseudonymous before the erased list is asked about them."""
    names, nobody, warehouse = Pseudonyms(key=bytes.fromhex(KEY)), ErasedPeople(key=b"k" * 32), MemoryWarehouse()
    people = nobody.plus(names.person(named_person("ANN@example.com")).tokens(nobody, "acme"))
    guard = GuardedWarehouse(inner=warehouse, people=lambda: people, clock=FakeClock())
    edge = PseudonymousWarehouse(inner=guard, pseudonyms=lambda: names)

    edge.merge(activities(opened(contact_id=""), opened(contact_id="2", contact_email="joe@example.com")))
    edge.merge(unreadable('{"email": "Ann@example.com"}', '{"email": "joe@example.com"}'))

    assert [row["contact_id"] for row in warehouse.rows(Table.EMAIL_ACTIVITIES)] == ["2"]
    assert len(warehouse.rows(Table.UNREADABLE_ROWS)) == 1


def test_a_function_without_the_name_of_its_secret_says_so() -> None:
    """Terraform sets both, or neither."""
    settings = FunctionSettings(project_id="a-project", pseudonyms=True)

    with pytest.raises(Rejected, match="SENDTRAIL_PSEUDONYM_KEY_SECRET"):
        pseudonyms_of(settings, MemoryState(), lambda: pytest.fail("looked into the tables"))()


def test_an_address_in_any_table_is_found(tmp_path: Path) -> None:
    """Or a row as it came; pseudonyms are none."""
    with DuckDbWarehouse(tmp_path / "test.duckdb", has_views=False) as warehouse:
        warehouse.create_customer_tables()
        tables = DuckDbPeopleTables(warehouse=warehouse)
        found = [holds_addresses(tables)]
        edge = PseudonymousWarehouse(inner=warehouse, pseudonyms=lambda: Pseudonyms(key=bytes.fromhex(KEY)))
        edge.merge(contacts(contact()))
        found.append(holds_addresses(tables))
        warehouse.merge(unreadable("{}"))
        found.append(holds_addresses(tables))

    assert found == [False, False, True]


PLAIN: dict[str, Batch] = {
    "a name without an address": contacts(contact(email="")),
    "a telephone number alone": contacts(contact(email="", first_name="", last_name="", phone="+49 170 1234567")),
    "an address as the id of a user": batch(Table.CONVERSIONS, [sale("c1", "ann@example.com", "")]),
    "a claim without an address": batch(Table.USERS, [claim("ann@example.com")]),
    "an address in a detail": activities(opened(contact_email="", detail={"recipient": "ann@example.com"})),
    "an address in a link": activities(opened(contact_email="", link_url="https://shop.example/?e=ann@example.com")),
}


@pytest.mark.parametrize("name", PLAIN)
def test_pseudonyms_are_refused_over_whatever_may_name_somebody(tmp_path: Path, name: str) -> None:
    """Also where no column for an address has one."""
    with DuckDbWarehouse(tmp_path / "test.duckdb", has_views=False) as warehouse:
        warehouse.create_customer_tables()
        warehouse.merge(PLAIN[name])

        assert holds_addresses(DuckDbPeopleTables(warehouse=warehouse))


def test_rows_under_pseudonyms_are_known_to_be_so(tmp_path: Path) -> None:
    """By whatever comes first in them."""
    with DuckDbWarehouse(tmp_path / "test.duckdb", has_views=False) as warehouse:
        warehouse.create_customer_tables()
        edge = PseudonymousWarehouse(inner=warehouse, pseudonyms=lambda: Pseudonyms(key=bytes.fromhex(KEY)))
        for each in PLAIN.values():
            if each.table is not Table.EMAIL_ACTIVITIES:
                edge.merge(each)
        edge.merge(activities(opened()))

        assert not holds_addresses(DuckDbPeopleTables(warehouse=warehouse))


def test_a_database_from_which_somebody_was_erased_by_address_is_not_begun_with_pseudonyms(tmp_path: Path) -> None:
    """Their pseudonym is not on the list, so they would be stored again."""
    people, path = new_list(), tmp_path / "test.duckdb"
    write_list(list_path(path), people.plus(["0" * 32]))
    with DuckDbWarehouse(path, has_views=False) as warehouse, open_state(warehouse, clock=FakeClock()) as state:
        with pytest.raises(SettingsError, match="the data holds addresses as they are already"):
            local_pseudonyms(warehouse, state, tmp_path / "a.key")

        assert not (tmp_path / "a.key").exists()
