"""A contact with its tags and lists."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

LIST_STATUSES = {0: "unconfirmed", 1: "active", 2: "unsubscribed", 3: "bounced", 91: "removed"}
# A contact's status is the first of these that it has on any list.
STATUS_PRECEDENCE = ("active", "unconfirmed", "unsubscribed", "bounced", "removed")


@dataclass(frozen=True, kw_only=True, slots=True, order=True)
class ListMembership:
    """One list that a contact is or was on; `status` is the API's number, to which the API may add others."""

    list_name: str
    status: int

    @property
    def status_name(self) -> str:
        """Return the name of the status, or its number if it has no name here."""
        return LIST_STATUSES.get(self.status, str(self.status))


@dataclass(frozen=True, kw_only=True, slots=True)
class Contact:
    """A contact as the account shows it; times are UTC, None where the API has no value; `email` may be "".

    `mpp_tracking`: whether Apple opens whatever the contact gets; None if the account does not say. `is_anonymized`:
    the account says that it has removed whose contact this is. `is_deleted`: it says by a flag that the contact is
    deleted; a date alone may have outlived the deletion.
    """

    contact_id: int
    email: str
    first_name: str
    last_name: str
    phone: str
    created_at: datetime | None
    updated_at: datetime | None
    deleted_at: datetime | None
    tags: tuple[str, ...]
    lists: tuple[ListMembership, ...]
    mpp_tracking: bool | None = None
    is_anonymized: bool = False
    is_deleted: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class ContactPage:
    """Contacts in ascending order of their ids; `last_id` is the greatest, `unreadable` how many others have no id.

    `is_contradicted` (a page that holds nobody): the list ends here, and does not show its last contact any more.
    """

    contacts: list[Contact]
    last_id: int
    unreadable: int = 0
    is_contradicted: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class PassCounts:
    """What a pass means for the stored contacts.

    `unseen` are not marked as deleted and were not seen by it, `known` are those and the ones that were stored before
    it; `seen` is how many contacts the warehouse knows that it saw.
    """

    known: int
    unseen: int
    seen: int


class ContactReader(Protocol):
    """The contacts of an account."""

    def contact_count(self) -> int | None:
        """Return how many contacts there are, None where the account does not say."""
        ...

    def contacts(self, after: int) -> Iterator[ContactPage]:
        """Yield the contacts whose ids are above `after`, to the end, which may be contradicted."""
        ...


def overall_status(lists: Iterable[ListMembership]) -> str:
    """Return the first status in `STATUS_PRECEDENCE` that a contact has on any list; "none" if it is on no list."""
    names = {membership.status_name for membership in lists}
    return next((status for status in STATUS_PRECEDENCE if status in names), min(names, default="none"))
