"""Contacts who are gone from ActiveCampaign, deleted or anonymised, are erased by a setting, once two passes agree.

What is erased is not read again, and a list of contacts may be cut short and look like one from which people were
deleted. So one pass is not believed, and no share of the contacts beyond the one up to which deletions are; and each
of them is asked for by id.
"""

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from sendtrail.domain.contact import PassCounts
from sendtrail.domain.deletion_guard import DeletionGuard
from sendtrail.erasure.confirmation import Confirmation, Lookups, reason_for_keeping
from sendtrail.erasure.erased_people import ErasedPeople
from sendtrail.erasure.person import Person, Sighting, whole_person
from sendtrail.erasure.sweep import PeopleTables, Swept
from sendtrail.plurals import counted

logger = logging.getLogger(__name__)

STORED_CONTACTS = "erasure/stored_contacts"


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredContact:
    """A contact as it is stored: since when it is deleted, None if it is not, and when its row last changed."""

    contact_id: str
    deleted_at: datetime | None
    updated_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class GonePolicy:
    """Contacts are erased `after` they were found to be gone, at most as many as the guard believes to be deleted."""

    after: timedelta
    guard: DeletionGuard


class GonePlace(Protocol):
    """The tables, the state and the erased list of an account."""

    def contacts(self, organization_id: str) -> Sequence[StoredContact]:
        """Return all stored contacts of an account."""
        ...

    def is_unsettled(self) -> bool:
        """Return whether somebody may still store rows of people who were erased lately."""
        ...

    def people(self) -> ErasedPeople:
        """Return the erased list."""
        ...

    def sightings(self, organization_id: str) -> Sequence[Sighting]:
        """Return every way in which somebody is named in the tables."""
        ...

    def store(self, people: ErasedPeople, *, before: ErasedPeople) -> None:
        """Replace the erased list; raise Busy where somebody else has done so since it was `before`."""
        ...

    def sweep(self, organizations: Sequence[str], people: ErasedPeople) -> Mapping[str, Swept]:
        """Delete what is of people on the list."""
        ...


def stored_contacts(tables: PeopleTables, organization_id: str) -> Sequence[StoredContact]:
    """Return all stored contacts of an account."""
    return [
        StoredContact(contact_id=contact_id, deleted_at=deleted_at, updated_at=updated_at)
        for contact_id, deleted_at, updated_at in tables.select(STORED_CONTACTS, organization_id)
    ]


def gone_contacts(
    contacts: Iterable[StoredContact], *, pass_began_at: datetime, after: timedelta = timedelta()
) -> frozenset[str]:
    """Return the ids of contacts that an earlier pass has found gone, for so long, and the last one, too.

    `deleted_at` may be the account's own date, which is long before anybody here knew of it.
    """
    return frozenset(
        each.contact_id
        for each in contacts
        if each.deleted_at is not None
        and max(each.deleted_at, each.updated_at) <= pass_began_at - after
        and each.updated_at < pass_began_at
    )


def later_contacts(contacts: Iterable[StoredContact], sightings: Iterable[Sighting]) -> frozenset[str]:
    """Return the ids that were given after the last pass, since ids only grow: whoever came back may have one."""
    last = max((_number(each.contact_id) for each in contacts), default=0)
    return frozenset(each.contact_id for each in sightings if each.contact_id and _number(each.contact_id) > last)


def erase_gone_contacts(
    place: GonePlace, organization_id: str, policy: GonePolicy, *, pass_began_at: datetime, lookups: Lookups
) -> str | None:
    """Erase the contacts that are gone, log the receipt, and return why some were not, None where nothing is amiss.

    `pass_began_at` is when the last pass over the contacts began, which came to its end and was believed. Killed in
    between, it is done again: they are on the list before anything is deleted, with all that they are known by.
    """
    contacts = place.contacts(organization_id)
    gone = gone_contacts(contacts, pass_began_at=pass_began_at, after=policy.after)
    counts = PassCounts(known=len(contacts), unseen=len(gone), seen=len(contacts) - len(gone))
    if policy.guard.doubts(counts):
        return reason_for_doubt(counts, guard=policy.guard)
    if not gone and not place.is_unsettled():
        return None
    shown = frozenset(each.contact_id for each in contacts if each.deleted_at is None)
    found = lookups.confirm(gone, shown=shown, at=pass_began_at) if gone else Confirmation(gone=gone)
    if found.gone or place.is_unsettled():
        _erase(place, organization_id, contacts, gone=found.gone)
    if found.left:
        logger.info("%d contacts that seem to be gone are asked for by id after the next pass", found.left)
    return reason_for_keeping(found)


def reason_for_doubt(counts: PassCounts, *, guard: DeletionGuard) -> str:
    """Return why nobody is erased, and what to do about it."""
    return (
        f"{counts.unseen:,} of {counts.known:,} contacts are gone from ActiveCampaign, more than"
        f" {guard.max_deleted_share:.0%}: nobody was erased. Check that the API key is this account's and that its user"
        " may see every list; if they are gone, accept it once with --accept-deletions (on Google Cloud:"
        " settings.max_deleted_share = 1)"
    )


def _erase(place: GonePlace, organization_id: str, contacts: Sequence[StoredContact], *, gone: frozenset[str]) -> None:
    before = place.people()
    sightings = place.sightings(organization_id)
    present = frozenset(each.contact_id for each in contacts) | later_contacts(contacts, sightings)
    person = whole_person(Person(contact_ids=gone), sightings, present=present - gone)
    people = before.plus(person.tokens(before, organization_id))
    place.store(people, before=before)
    swept = place.sweep([organization_id], people)[organization_id]
    if gone:
        logger.warning("%s: %s", organization_id, " ".join(_receipt(person, swept, people)))


def _number(contact_id: str) -> int:
    return int(contact_id) if contact_id.isascii() and contact_id.isdecimal() else 0


def _receipt(person: Person, swept: Swept, people: ErasedPeople) -> Iterator[str]:
    """Yield what was erased, without a word about whom."""
    ids, addresses = (
        counted(len(person.contact_ids), "contact id"),
        counted(len(person.addresses), "address", "addresses"),
    )
    users = counted(len(person.user_ids), "user id")
    yield f"contacts that are gone from ActiveCampaign were erased: {ids}, {addresses}, {users};"
    yield ", ".join(f"{counted(rows, 'row')} of {table}" for table, rows in swept.rows.items())
    documents = counted(swept.state_documents, "document")
    yield f"and {documents} of the state; the erased list is at revision {people.revision}."
    if swept.kept_tables:
        yield f"Views of yours are not changed: {', '.join(swept.kept_tables)}."
    if person.shared_users:
        yield f"Kept, as they are other contacts, too: {counted(len(person.shared_users), 'user')}."
