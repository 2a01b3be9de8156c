"""Pseudonyms: one for an address in any spelling, and no address left in what is stored."""

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sendtrail.erasure.addresses import addresses_in
from sendtrail.erasure.erased_people import ErasedPeople, Kind
from sendtrail.erasure.person import named_person
from sendtrail.erasure.stored_people import parsed_key
from sendtrail.erasure.sweep import DELETIONS
from sendtrail.erasure.withheld_rows import names_erased
from sendtrail.errors import SettingsError
from sendtrail.pseudonyms.pseudonymous_rows import NAMING_PEOPLE, pseudonymous
from sendtrail.pseudonyms.pseudonyms import Pseudonyms, is_pseudonym
from sendtrail.pseudonyms.unreadable_text import unreadable_text
from sendtrail.warehouse.rows import Row, Table
from tests.contracts.samples import contact, opened, unreadable

NAMES = Pseudonyms(key=b"k" * 32)
ANN = NAMES.address("ann@example.com")
LOCAL = st.text("abcXYZ019.+-_äø", min_size=1, max_size=12).filter(lambda text: text.strip(".!-_*"))
ADDRESS = st.builds("{}@{}.example".format, LOCAL, st.text("abcxyz019", min_size=1, max_size=8))
BEFORE = st.sampled_from(["", " ", "<", "mailto:", '"', "https://shop.example/?e=", "a=b&email="])
AFTER = st.sampled_from(["", " ", ">", ".", ",", '"', "&utm=1", "/x"])


def stored(row: Row, table: Table) -> Any:
    """Return a row as it is stored."""
    return pseudonymous(row, table, NAMES)


@pytest.mark.parametrize("spelling", ["Ann@Example.com", " ann@example.com ", "\uff41nn@example.com"])
def test_an_address_has_one_pseudonym_in_any_spelling(spelling: str) -> None:
    """Conversions are joined by it, so a shop's spelling must not matter; the domain stays readable."""
    assert NAMES.address(spelling) == ANN
    assert ANN.endswith("@example.com")
    assert is_pseudonym(ANN)


def test_a_pseudonym_is_its_own() -> None:
    """Whoever types what a table shows means the same person."""
    assert NAMES.address(ANN) == ANN
    assert NAMES.text(f"see {ANN}.") == f"see {ANN}."
    assert NAMES.person(named_person(ANN)) == NAMES.person(named_person("ann@example.com"))


@pytest.mark.parametrize("odd", ["ann", "+49 170 1234567", "ann@", "@", "ann@joe smith", "a@b@c d"])
def test_what_is_no_address_keeps_nothing(odd: str) -> None:
    """Its end may be a name as well."""
    assert is_pseudonym(NAMES.address(odd))
    assert "@" not in NAMES.address(odd)


def test_another_key_has_other_pseudonyms() -> None:
    """Nobody who has the table alone can try addresses."""
    other = Pseudonyms(key=b"x" * 32)

    assert other.address("ann@example.com") != ANN
    assert other.fingerprint != NAMES.fingerprint
    assert "kkk" not in repr(NAMES)


@settings(max_examples=100, deadline=timedelta(seconds=1))
@given(BEFORE, ADDRESS, AFTER, st.sampled_from(["@", "%40", "%2540"]))
def test_no_address_is_left_in_a_text(before: str, address: str, after: str, at: str) -> None:
    """Encoded or not; what is around it stays, and doing it again changes nothing."""
    text = before + address.replace("@", at) + after

    found = NAMES.text(text)

    assert all(is_pseudonym(each) for each in addresses_in(found))
    assert found.startswith(before)
    assert NAMES.text(found) == found
    assert NAMES.address(address) in found.replace("%2540", "@").replace("%40", "@")


@pytest.mark.parametrize(
    "text",
    [
        "ann@a.example%2Cjoe@b.example",
        "ann%40a.example%2Cjoe%40b.example",
        f"{'a%20' * 300}ann@a.example%2Cjoe@b.example",
    ],
)
def test_the_second_address_of_an_encoded_list_is_replaced_as_well(text: str) -> None:
    """Nothing ends the first but an encoded comma."""
    found = NAMES.text(text)

    assert "ann" not in found
    assert "joe" not in found
    assert NAMES.text(found) == found


@pytest.mark.parametrize(
    "address", ['"Jane Doe"@example.com', "jane@[192.168.0.1]", '"Jane Doe"@[192.168.0.1]', "jane\uff20example.com"]
)
def test_an_address_of_an_odd_form_is_replaced_whole(address: str) -> None:
    """The standard of addresses allows them, and what is wide is read as what is narrow."""
    found = NAMES.text(f"550 <{address}> is unknown")

    assert found == f"550 <{NAMES.address(address)}> is unknown"
    assert "jane" not in found.lower()
    assert NAMES.text(found) == found


@pytest.mark.parametrize(
    ("before", "at", "after"),
    [
        ("%2C", "@", ""),
        ("%3C", "%40", "%3E"),
        ("%253cto%253D", "%2540", ""),
        ("https://shop.example/?next=https%3A%2F%2Fshop.example%2F%3Femail%3D", "%40", "&x=1"),
    ],
)
def test_what_a_url_encodes_before_an_address_is_no_part_of_it(before: str, at: str, after: str) -> None:
    """An erasure finds the person by the pseudonym of the address alone."""
    text = f"{before}ann{at}example.com{after}"

    assert NAMES.text(text) == f"{before}{ANN.replace('@', at)}{after}"


def test_an_address_before_the_encoded_comma_is_replaced_as_well() -> None:
    """It is no more than what is before another address, and names somebody all the same."""
    found = NAMES.text("joe%40b.example%2Cann%40example.com,joe%2Cann@example.com")

    joe = NAMES.address("joe@b.example").replace("@", "%40")
    assert found == f"{joe}%2C{ANN.replace('@', '%40')},joe%2C{ANN}"


def test_names_of_two_people_have_nothing_in_common() -> None:
    """The most frequent pseudonym would be the most frequent first name."""
    ann, other = (stored(contact(contact_id=n), Table.CONTACTS) for n in (1, 2))
    again = stored(contact(contact_id=1), Table.CONTACTS)

    assert ann.first_name != other.first_name
    assert again == ann
    assert ann.phone is None
    assert ann.row_hash != contact().row_hash


def test_the_key_of_a_row_says_nothing_of_an_address() -> None:
    """Whoever guesses an address could make it; a row of a known contact has the key that it has anywhere."""
    rows = [opened(), opened(contact_id=""), opened(event_type="forward", detail={"recipient": "joe@example.com"})]

    found = [stored(row, Table.EMAIL_ACTIVITIES)["activity_id"] for row in rows]

    assert [new == row["activity_id"] for new, row in zip(found, rows, strict=True)] == [True, False, False]


def test_what_people_write_is_replaced_and_what_machines_write_is_kept() -> None:
    """A link may have the address of whoever clicked it in it."""
    detail = {"recipient": "Joe@example.com", "brief_message": "Hi Joe", "descript": "550 ann@example.com is unknown"}
    row = opened(event_type="forward", link_url="https://shop.example/?e=ann%40example.com&x=1", detail=detail)

    found = stored(row, Table.EMAIL_ACTIVITIES)

    assert found["link_url"] == f"https://shop.example/?e={ANN.replace('@', '%40')}&x=1"
    said = found["detail"]
    assert said["recipient"] == NAMES.address("joe@example.com")
    assert said["descript"] == f"550 {ANN} is unknown"
    assert is_pseudonym(said["brief_message"])


def test_a_row_that_cannot_be_read_keeps_what_names_nobody() -> None:
    """Its id is needed to erase it; a name may be under any key that is not the account's own."""
    row = {"subscriberid": "7", "email": "ann@example.com", "tstamp": "soon", "name": "Ann", "phone": 491701, "x": None}

    found = json.loads(unreadable_text(json.dumps(row), NAMES))

    assert (found["subscriberid"], found["email"], found["tstamp"], found["x"]) == ("7", ANN, "soon", None)
    assert is_pseudonym(found["name"])
    assert is_pseudonym(found["phone"])


@pytest.mark.parametrize("key", ["subscriberid", "subscriber_id", "subscriber", "contactid", "contact_id", "contact"])
def test_a_row_that_cannot_be_read_is_found_by_any_id_that_the_account_has_for_a_contact(key: str) -> None:
    """Under a pseudonym, an erasure would not find it."""
    nobody = ErasedPeople(key=b"k" * 32)
    erased = nobody.plus([nobody.token(Kind.CONTACT, "acme", "7")])

    assert names_erased(unreadable_text(json.dumps({key: "7"}), NAMES), erased, "acme")


@pytest.mark.parametrize(
    "text", ["550 <Ann@example.com> unknown", "ann@example.com", " ann@example.com ", "joe@example.com,ann@example.com"]
)
def test_a_row_that_cannot_be_read_is_found_by_any_address_in_it(text: str) -> None:
    """Whatever else the value says is replaced as a whole."""
    found = json.loads(unreadable_text(json.dumps({"descript": text}), NAMES))["descript"]

    assert ANN in set(addresses_in(found))
    assert not {"550", "unknown", "example.com,"} & set(found.split())
    assert json.loads(unreadable_text(json.dumps({"descript": found}), NAMES))["descript"] == found


def test_of_a_row_that_was_cut_off_only_ids_are_kept() -> None:
    """Where a text cannot be told apart, none of it is trusted."""
    row: Any = unreadable('{"subscriberid": "7", "name": "Ann Smith", "email": "ann@exa').rows[0]

    found = stored(row, Table.UNREADABLE_ROWS)

    assert json.loads(found.raw)["subscriberid"] == "7"
    assert "Ann" not in found.raw
    assert "ann@" not in found.raw
    assert found.row_id != row.row_id


@pytest.mark.parametrize("text", ["", "ff", "not a key", "ab" * 31])
def test_a_key_is_64_digits(text: str) -> None:
    """The sentence names where it was read, and not what was there."""
    with pytest.raises(SettingsError, match=r"a\.key, the key of the pseudonyms, is not 64 hexadecimal digits"):
        parsed_key(text, what="a.key, the key of the pseudonyms,")


def test_the_tables_that_are_erased_from_are_those_that_name_people() -> None:
    """A new one has to be in both."""
    assert frozenset(DELETIONS) == NAMING_PEOPLE
