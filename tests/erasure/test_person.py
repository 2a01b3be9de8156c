"""Who somebody is: all their ids and addresses, and nobody else's."""

import pytest

from sendtrail.erasure.person import Person, Sighting, heirs, is_known, named_person, whole_person
from sendtrail.errors import SettingsError


def seen(contact_id: str | None = None, email: str | None = None, user_id: str | None = None) -> Sighting:
    """Return a sighting."""
    return Sighting(source="contacts", contact_id=contact_id, email=email, user_id=user_id)


def test_an_earlier_address_is_theirs() -> None:
    """Rows of a contact have the address that it had when they were read."""
    known = [seen("5", "new@example.com"), seen("5", "Old@example.com"), seen("6", "joe@example.com")]

    found = whole_person(named_person("new@example.com"), known)

    assert found == Person(contact_ids=frozenset({"5"}), addresses=frozenset({"new@example.com", "old@example.com"}))


def test_a_second_id_with_their_address_is_theirs() -> None:
    """A contact that was deleted and came back has another id."""
    known = [seen("5", "jane@example.com"), seen("9", "JANE@example.com"), seen("9", "jane@work.example")]

    found = whole_person(named_person("5"), known)

    assert found.contact_ids == {"5", "9"}
    assert found.addresses == {"jane@example.com", "jane@work.example"}


def test_it_does_not_go_on_from_person_to_person() -> None:
    """An address that several people use leads to whoever has it, and not to the colleagues of these."""
    known = [
        seen("5", "jane@example.com"),
        seen("5", "office@example.com"),
        seen("6", "office@example.com"),
        seen("6", "joe@example.com"),
        seen("7", "joe@example.com"),
        seen("7", "jim@example.com"),
    ]

    found = whole_person(named_person("jane@example.com"), known)

    assert "7" not in found.contact_ids
    assert "jim@example.com" not in found.addresses


def test_a_user_who_is_somebody_else_too_is_kept() -> None:
    """The orders of a family's account are not one person's."""
    known = [
        seen("5", "jane@example.com"),
        seen("5", None, "only-jane"),
        seen("5", None, "family"),
        seen(None, "joe@example.com", "family"),
        seen(None, None, "stranger"),
    ]

    found = whole_person(named_person("5"), known)

    assert found.user_ids == {"only-jane"}
    assert found.shared_users == {"family"}


def test_nobody_is_known_by_an_address_that_nobody_has() -> None:
    """A mistyped name must not look like an erasure."""
    known = [seen("5", "jane@example.com")]

    assert is_known(whole_person(named_person("005"), known), known)
    assert not is_known(whole_person(named_person("jnae@example.com"), known), known)


@pytest.mark.parametrize("text", ["", "jane", "@", "5a", "-5", "٣"])
def test_a_name_is_an_id_or_an_address(text: str) -> None:
    """Anything else is a mistake, and said to be one."""
    with pytest.raises(SettingsError, match="neither an e-mail address nor the id"):
        named_person(text)


@pytest.mark.parametrize(
    ("more", "erased", "found"),
    [
        ([], [], {"5": "9"}),
        ([], ["JANE@example.com"], {}),
        ([seen("5", "jane@old.example")], [], {}),
        ([seen("5", "jane@old.example"), seen("9", "jane@old.example")], [], {"5": "9"}),
    ],
    ids=["came back", "erased by address", "somebody else with one address", "with both addresses"],
)
def test_a_claim_is_handed_over_to_whoever_came_back(
    more: list[Sighting], erased: list[str], found: dict[str, str]
) -> None:
    """An address that two people have had leads to nobody; nobody asks for the heir of a contact who is no user."""
    known = [seen("5", "jane@example.com"), seen("9", "Jane@example.com"), seen("6", "Jane@example.com"), *more]
    claims = [seen("5", None, "u1"), seen(None, "jane@example.com", "u2")]

    assert heirs(["5", "6"], [*known, *claims], erased=erased) == found
    assert heirs(["5", "6"], known, erased=erased) == {}
