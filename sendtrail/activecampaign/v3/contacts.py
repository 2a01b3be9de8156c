"""Contacts with their tags and lists, by ascending id."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any

from sendtrail.activecampaign.fields import identifier, number, text
from sendtrail.activecampaign.http.client import Client, Get
from sendtrail.activecampaign.timestamps import CENTRAL, UTC_ZONE, instant
from sendtrail.activecampaign.v3.lists import Item, item_id, items, paginate, total_of
from sendtrail.domain.campaign import LIST_LIMIT
from sendtrail.domain.contact import Contact, ContactPage, ListMembership
from sendtrail.errors import Unreadable

UNKNOWN_STATUS = -1


class ContactPages:
    """One pass over the contacts of an account."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._tags = NameIndex(client, "tags", field="tag")
        self._lists = NameIndex(client, "lists", field="name")

    def after(self, last_id: int) -> Iterator[ContactPage]:
        """Yield the contacts whose ids are above `last_id`, to an empty page.

        That is asked for twice: taken for the end by mistake, it would mark everybody after it as vanished.
        """
        while contacts := self._contacts(last_id) or self._contacts(last_id):
            last_id = contacts[-1].contact_id
            yield ContactPage(contacts=contacts, last_id=last_id)

    def _contacts(self, after: int) -> list[Contact]:
        subject = f"contacts after {after}"
        params: dict[str, str | int] = {
            "orders[id]": "ASC",
            "id_greater": after,
            "limit": LIST_LIMIT,
            "include": "contactTags,contactLists",
        }
        get = Get(path="/api/3/contacts", params=params, subject=subject)
        content = self._client.json(get, lambda found: found | {"contacts": items(found, "contacts")})
        return self._read(content, after, subject=subject)

    def _read(self, content: dict[str, Any], after: int, *, subject: str) -> list[Contact]:
        rows = content["contacts"]
        ids = [item_id(row, subject=subject) for row in rows]
        _check_order([after, *ids], subject=subject)
        tags, lists = _by_contact(content, "contactTags"), _by_contact(content, "contactLists")
        return [
            contact(contact_id, row, tags=self._tag_names(tags[contact_id]), lists=self._memberships(lists[contact_id]))
            for contact_id, row in zip(ids, rows, strict=True)
        ]

    def _tag_names(self, rows: Sequence[Item]) -> set[str]:
        return {self._tags.name(tag_id) for row in rows if (tag_id := identifier(row.get("tag")))}

    def _memberships(self, rows: Sequence[Item]) -> set[ListMembership]:
        return {self._membership(row) for row in rows if identifier(row.get("list"))}

    def _membership(self, row: Item) -> ListMembership:
        status = number(row.get("status"))
        return ListMembership(
            list_name=self._lists.name(identifier(row.get("list"))),
            status=UNKNOWN_STATUS if status is None else status,
        )


def contact_count(client: Client) -> int | None:
    """Return how many contacts the account has, None where it does not say."""
    get = Get(path="/api/3/contacts", params={"limit": 1}, subject="the number of contacts")
    return client.json(get, total_of)


def contact(contact_id: int, row: Item, *, tags: Iterable[str], lists: Iterable[ListMembership]) -> Contact:
    """Read a row of the list; what it does not say, or says unreadably, is left empty."""
    created = _moment(row, "created_utc_timestamp", "cdate")
    updated = _moment(row, "updated_utc_timestamp", "udate")
    return Contact(
        contact_id=contact_id,
        email=text(row.get("email")),
        first_name=text(row.get("firstName")),
        last_name=text(row.get("lastName")),
        phone=text(row.get("phone")),
        created_at=created,
        updated_at=updated,
        deleted_at=_deleted_at(row, otherwise=updated or created),
        tags=tuple(sorted(tags)),
        lists=tuple(sorted(lists)),
    )


def _check_order(ids: Sequence[int], *, subject: str) -> None:
    if any(later <= earlier for earlier, later in pairwise(ids)):
        raise Unreadable(f"{subject}: the account ignores id_greater or the order asked for, so it cannot be paged")


def _by_contact(content: Item, name: str) -> defaultdict[int | None, list[Item]]:
    found: defaultdict[int | None, list[Item]] = defaultdict(list)
    rows = content.get(name)
    for row in rows if isinstance(rows, list) else []:
        if isinstance(row, dict):
            found[number(row.get("contact"))].append(row)
    return found


def _moment(row: Item, utc_field: str, field: str) -> datetime | None:
    return instant(row.get(utc_field), UTC_ZONE) or instant(row.get(field), CENTRAL)


def _deleted_at(row: Item, *, otherwise: datetime | None) -> datetime | None:
    """Return when a contact was deleted; the flag decides where there is one, a date may outlive the deletion."""
    at, flag = instant(row.get("deleted_at"), CENTRAL), row.get("deleted")
    if flag is None or flag == "":
        return at
    return (at or otherwise) if flag is True or number(flag) else None


class NameIndex:
    """What one kind of thing is called, for one pass over the contacts: loaded when first asked for.

    A later id that is not there may be new, so all are loaded once more; an id that stays unknown is its own name.
    """

    def __init__(self, client: Client, kind: str, *, field: str) -> None:
        self._client, self._kind, self._field = client, kind, field
        self._names: dict[str, str] = {}
        self._loads_left = 2

    def name(self, identifier: str) -> str:
        """Return the name of an id."""
        if identifier not in self._names and self._loads_left:
            self._load()
        return self._names.get(identifier) or identifier

    def _load(self) -> None:
        self._loads_left -= 1
        rows = paginate(self._client, self._kind)
        self._names = {str(row_id): text(row.get(self._field)) for row_id, row in rows}
