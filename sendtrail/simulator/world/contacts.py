"""The contacts of an account as they stand: those it began with, less the deleted, and what changed since."""

from bisect import bisect_left, insort
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from sendtrail.simulator.randomness import mix
from sendtrail.simulator.report_lists.view import Gaps
from sendtrail.simulator.world.people import Contact, People

_KEPT = 2_000
"""So many contacts are kept as they began: small accounts are read again and again."""


class Contacts:
    """Look up and change contacts; costs memory for changed ones, and for the few that were looked up last."""

    def __init__(self, people: People) -> None:
        self.people = people
        self._at_first = lru_cache(maxsize=_KEPT)(people.contact)
        self._changed: dict[int, Contact] = {}
        self._deleted: list[int] = []  # ascending
        self._total = people.count
        self._updated: dict[int, list[int]] = {}  # the last answer to `updated`, until something changes

    def __len__(self) -> int:
        return self._total - len(self._deleted)

    def __iter__(self) -> Iterator[Contact]:
        """Go through the contacts in the order of their ids, as they stand at the start of the loop."""
        deleted, changed = set(self._deleted), dict(self._changed)
        for number in range(self._total):
            if number not in deleted:
                yield changed.get(number) or self._at_first(number)

    def __getitem__(self, number: int) -> Contact:
        """Return a contact by number, deleted or not."""
        return self._changed.get(number) or self._at_first(number)

    def is_deleted(self, number: int) -> bool:
        """Say whether a contact was deleted."""
        place = bisect_left(self._deleted, number)
        return place < len(self._deleted) and self._deleted[place] == number

    def find(self, contact_id: int) -> Contact | None:
        """Return a contact by id."""
        number = self.people.number_after(contact_id - 1)
        there = number < self._total and self.people.id(number) == contact_id and not self.is_deleted(number)
        return self[number] if there else None

    def rank_after(self, contact_id: int) -> int:
        """Return the rank, among the contacts there are, of the first with a greater id."""
        number = self.people.number_after(contact_id)
        return min(len(self), number - bisect_left(self._deleted, number))

    def updated(self, since: int) -> list[int]:
        """Return the ranks of the contacts updated at an instant or later, ascending."""
        if since not in self._updated:
            ranks = [rank for rank, contact in enumerate(self) if contact.updated_at >= since]
            self._updated = {since: ranks}
        return self._updated[since]

    def ranked(self, ranks: Sequence[int]) -> list[Contact]:
        """Return the contacts at some ranks, in that order."""
        gaps = Gaps(tuple(self._deleted))
        return [self[gaps.nth(rank)] for rank in ranks if 0 <= rank < len(self)]

    def pick(self, bits: int) -> Contact | None:
        """Return some contact that is there."""
        return self.ranked(range(bits % len(self), bits % len(self) + 1))[0] if len(self) else None

    def add(self, at: int) -> Contact:
        """Add a contact."""
        contact = self.people.contact(self._total, created_at=at)
        self._keep(contact)
        self._total += 1
        return contact

    def delete(self, contact: Contact) -> None:
        """Delete a contact without a trace."""
        insort(self._deleted, contact.number)
        self._changed.pop(contact.number, None)
        self._updated.clear()

    def rename(self, contact: Contact, at: int) -> None:
        """Edit a contact's name and phone."""
        phone = f"+44 20 7946 {mix(contact.number, at) % 10_000:04d}"
        self._keep(replace(contact, first_name=f"{contact.first_name or 'Kim'} R.", phone=phone, updated_at=at))

    def retag(self, contact: Contact, tag: int) -> None:
        """Put a tag on, or take it off; `updated_at` stays: whether tags touch it is unproven."""
        self._keep(replace(contact, tags=tuple(sorted({tag} ^ set(contact.tags)))))

    def unsubscribe(self, contact: Contact, at: int) -> None:
        """Set the status of a contact's every list to unsubscribed."""
        self._set_lists(contact, 2, at)

    def subscribe(self, contact: Contact, at: int) -> None:
        """Set the status of a contact's every list to active."""
        self._set_lists(contact, 1, at)

    def _set_lists(self, contact: Contact, status: int, at: int) -> None:
        self._keep(replace(contact, lists=tuple((n, status) for n, _ in contact.lists), updated_at=at))

    def _keep(self, contact: Contact) -> None:
        self._updated.clear()
        self._changed[contact.number] = contact
