"""A person: all that they are known by in an account, found from an id or an address. Pure."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sendtrail.erasure.addresses import normalised
from sendtrail.erasure.erased_people import ErasedPeople, Kind
from sendtrail.errors import SettingsError


@dataclass(frozen=True, kw_only=True, slots=True)
class Sighting:
    """One way in which somebody is named in a table; None for what it does not say."""

    source: str
    contact_id: str | None = None
    email: str | None = None
    user_id: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """All that a person is known by; `shared_users` are users who are other contacts, too, and are therefore kept."""

    contact_ids: frozenset[str] = frozenset()
    addresses: frozenset[str] = frozenset()
    user_ids: frozenset[str] = frozenset()
    shared_users: frozenset[str] = frozenset()

    def tokens(self, people: ErasedPeople, organization_id: str) -> set[str]:
        """Return what a list has of the person."""
        known = ((Kind.CONTACT, self.contact_ids), (Kind.ADDRESS, self.addresses), (Kind.USER, self.user_ids))
        return {people.token(kind, organization_id, value) for kind, values in known for value in values}


def named_person(text: str) -> Person:
    """Return the person that somebody has typed, an id or an address; raise SettingsError for anything else."""
    word = text.strip()
    if "@" in word.strip("@"):
        return Person(addresses=frozenset({normalised(word)}))
    if word.isascii() and word.isdecimal():
        return Person(contact_ids=frozenset({str(int(word))}))
    raise SettingsError([f"CONTACT: {word!r} is neither an e-mail address nor the id of a contact"])


def whole_person(named: Person, sightings: Sequence[Sighting], *, present: Collection[str] = ()) -> Person:
    """Return all ids and addresses of a person: those of the ids and addresses named, and of the ids found by these.

    It stops there: an address that two people have had leads from the one to the other, and not on to a third.
    `present` are contacts who stay whatever they share with the person: their ids and addresses are no part of it.
    """
    theirs = _addresses_of(present, sightings)
    own = (named.addresses | _addresses_of(named.contact_ids, sightings)) - theirs
    ids = named.contact_ids | {
        each.contact_id for each in sightings if each.contact_id and each.email and normalised(each.email) in own
    }
    ids -= frozenset(present)
    addresses = own | (_addresses_of(ids, sightings) - theirs)
    users, shared = _users_of(ids, addresses, sightings, others=(frozenset(present), theirs))
    return Person(contact_ids=frozenset(ids), addresses=addresses, user_ids=users, shared_users=shared)


def is_known(person: Person, sightings: Iterable[Sighting]) -> bool:
    """Return whether anything is stored of a person."""
    return any(
        each.contact_id in person.contact_ids
        or each.user_id in person.user_ids
        or (each.email and normalised(each.email) in person.addresses)
        for each in sightings
    )


def heirs(contact_ids: Collection[str], sightings: Sequence[Sighting], *, erased: Collection[str]) -> Mapping[str, str]:
    """Return, by the id of an erased contact who is said to be a user, the id under which they are there again.

    They are the user that they were, if every address of the earlier id is one of a later one, and none is `erased`.
    """
    ids = frozenset(contact_ids)
    claimed = {each.contact_id for each in sightings if each.user_id and each.contact_id in ids}
    if not claimed:
        return {}
    gone = frozenset(map(normalised, erased))
    owners = {
        normalised(each.email): each.contact_id
        for each in sightings
        if each.email and each.contact_id and each.contact_id not in ids and not each.user_id
    }
    addresses = {each: _addresses_of([each], sightings) for each in sorted(filter(None, claimed))}
    return {
        contact_id: owners[min(theirs)]
        for contact_id, theirs in addresses.items()
        if theirs and theirs <= owners.keys() - gone
    }


def _addresses_of(contact_ids: Iterable[str], sightings: Sequence[Sighting]) -> frozenset[str]:
    ids = frozenset(contact_ids)
    return frozenset(normalised(each.email) for each in sightings if each.email and each.contact_id in ids)


def _users_of(
    contact_ids: frozenset[str],
    addresses: frozenset[str],
    sightings: Sequence[Sighting],
    *,
    others: tuple[frozenset[str], frozenset[str]],
) -> tuple[frozenset[str], frozenset[str]]:
    """Return the users who are this person alone, and those who are others, too: the conversions of these are kept.

    `others` are the ids and addresses of contacts who stay. Somebody whose every address is of these came back, and is
    still the user that they were.
    """
    present, theirs = others
    own = defaultdict[str | None, set[str]](set)
    claims = defaultdict[str, set[bool]](set)
    for each in sightings:
        if each.email and each.contact_id in contact_ids:
            own[each.contact_id].add(normalised(each.email))
    kept = present | {contact_id for contact_id, emails in own.items() if emails <= theirs}
    for each in sightings:
        if each.user_id and (each.contact_id or each.email):
            email = normalised(each.email) if each.email else ""
            is_of_person = each.contact_id in contact_ids or email in addresses
            is_of_others = not is_of_person or each.contact_id in kept or email in theirs
            claims[each.user_id] |= {is_of_person, not is_of_others}
    found = {user for user, said in claims.items() if True in said}
    shared = frozenset(user for user in found if False in claims[user])
    return frozenset(found - shared), shared
