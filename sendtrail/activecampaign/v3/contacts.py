"""Contacts with their tags and lists, by ascending id."""

import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import count, pairwise
from typing import Any

from sendtrail.activecampaign.fields import identifier, number, text
from sendtrail.activecampaign.http.client import Client, Get
from sendtrail.activecampaign.http.errors import FALSE_END, BadAnswer
from sendtrail.activecampaign.timestamps import CENTRAL, UTC_ZONE, instant
from sendtrail.activecampaign.unreadable_rows import unreadable_row
from sendtrail.activecampaign.v3.end_evidence import EndEvidence
from sendtrail.activecampaign.v3.items import MAX_LIST_BYTES, Item, item_id, items, listed, total_of
from sendtrail.activecampaign.v3.list_end import record_false_total
from sendtrail.activecampaign.v3.lists import NO_ID, OnUnreadable, log_unreadable, paginate
from sendtrail.activecampaign.v3.unordered_contacts import UnorderedContacts
from sendtrail.domain.campaign import LIST_LIMIT
from sendtrail.domain.contact import Contact, ContactPage, ListMembership
from sendtrail.errors import Unreadable

logger = logging.getLogger(__name__)

UNKNOWN_STATUS = -1
# How often the last contact is asked for once more: an answer without it may be a stumble, too.
PROOFS = 2


class ContactPages:
    """One pass over the contacts of an account."""

    def __init__(self, client: Client, *, on_unreadable: OnUnreadable = log_unreadable) -> None:
        self._client, self._on_unreadable = client, on_unreadable
        self._tags = NameIndex(client, "tags", field="tag")
        self._lists = NameIndex(client, "lists", field="name")

    def after(self, last_id: int) -> Iterator[ContactPage]:
        """Yield the contacts whose ids are above `last_id`, to a proven end.

        Taken for the end by mistake, an empty page would mark everybody after it as vanished. So an account has to show
        the last contact once more, and nobody after it; where it does not, the last page says so, and holds nobody.
        """
        evidence = EndEvidence()
        for page_number in count(1):
            content = self._content(last_id, evidence)
            if not content["contacts"]:
                around_end = self._around_end(last_id)
                content = around_end | {"contacts": _beyond(around_end, last_id)}
                if not content["contacts"]:
                    if last_id and not around_end["contacts"]:
                        yield ContactPage(contacts=[], last_id=last_id, is_contradicted=True)
                    return
            page = self._page(content, last_id, page_number=page_number)
            if not _are_in_order([last_id, *(each.contact_id for each in page.contacts)]):
                logger.warning(
                    "%s: the account does not heed the order of ids: they are read by place", _subject(last_id)
                )
                yield from self._by_place(last_id)
                return
            last_id = page.last_id
            yield page

    def _by_place(self, last_id: int) -> Iterator[ContactPage]:
        """Yield all contacts, from the first one on, in whatever order; none of them is where to go on from."""
        latest: dict[str, Any] = {}

        def rows_from(place: int) -> tuple[list[Any], int | None]:
            content = self._client.json(_contacts_from(place), _with_contacts)
            latest.clear()
            latest.update(content)
            return content["contacts"], total_of(content)

        page_number = 0
        for page_number, rows in enumerate(UnorderedContacts(rows_from).pages(), start=1):
            found = self._page({**latest, "contacts": rows}, 0, page_number=page_number)
            yield replace(found, last_id=last_id)
        if not page_number:  # the page that was out of order had somebody
            yield ContactPage(contacts=[], last_id=last_id, is_contradicted=True)

    def _content(self, after: int, evidence: EndEvidence) -> dict[str, Any]:
        """Return an answer with contacts, or one without at the end of the list."""
        while True:
            content = self._client.json(_contacts_above(after), lambda found: _with_contacts(found, after=after))
            if (total := total_of(content)) and not content["contacts"]:
                if self._is_last(after):
                    record_false_total(
                        self._client, "contacts", says=f"there are {total} after id {after}", lists="none"
                    )
                    return content
                content = self._client.json(
                    _contacts_above(after), lambda found: _without_false_end(found, after=after)
                )
            evidence.record(received=len(content["contacts"]), total=total_of(content))
            if content["contacts"] or evidence.is_enough:
                return content

    def _around_end(self, last_id: int) -> dict[str, Any]:
        """Return what the account shows from the contact on that seems to be the last."""
        content: dict[str, Any] = {}
        for _ in range(PROOFS if last_id else 1):
            content = self._client.json(_contacts_above(max(0, last_id - 1)), _with_contacts)
            if content["contacts"]:
                break
        return content

    def _is_last(self, contact_id: int) -> bool:
        """Return whether nobody has a greater id, whichever way the account is asked.

        An account that does not obey the order has to show the contact itself, and nobody after it.
        """
        ids = self._ids({"orders[id]": "DESC", "limit": 2}, subject="the latest contacts")
        if not ids or max(ids) > contact_id:
            return False
        if ids == sorted(ids, reverse=True) and len(ids) > 1:
            return True
        ends = [_contacts_above(contact_id - 1).params, {**_contacts_above(contact_id).params, "limit": 1}]
        shown = [self._ids(params, subject=_subject(contact_id)) for params in ends]
        return shown == [[contact_id], []]

    def _ids(self, params: Mapping[str, str | int], *, subject: str) -> list[int]:
        rows = self._client.json(_request(params, subject=subject), _with_contacts)["contacts"]
        return [item_id(row) or 0 for row in rows]

    def _page(self, content: dict[str, Any], after: int, *, page_number: int) -> ContactPage:
        rows = [(item_id(row), row) for row in content["contacts"]]
        unreadable = [row for found, row in rows if found is None]
        for row in unreadable:
            self._on_unreadable(unreadable_row("contacts", page_number, row, reason=NO_ID, mask=self._client.mask))
        by_id = {found: row for found, row in rows if found is not None}  # one may come twice
        readable = list(by_id.items())
        if not readable:
            raise Unreadable(f"{_subject(after)}: no contact of the page has an id, so the list cannot be followed")
        tags, lists = _by_contact(content, "contactTags"), _by_contact(content, "contactLists")
        contacts = [
            contact(found, row, tags=self._tag_names(tags[found]), lists=self._memberships(lists[found]))
            for found, row in readable
        ]
        return ContactPage(contacts=contacts, last_id=contacts[-1].contact_id, unreadable=len(unreadable))

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
    return client.json(_request({"limit": 1}, subject="the number of contacts"), total_of)


def contact(contact_id: int, row: Item, *, tags: Iterable[str], lists: Iterable[ListMembership]) -> Contact:
    """Read a row of the list; what it does not say, or not readably, is left empty."""
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
        mpp_tracking=_flag(row.get("mpp_tracking")),
        is_anonymized=_flag(row.get("anonymized")) or False,
        is_deleted=_flag(row.get("deleted")) or False,
    )


def _request(params: Mapping[str, str | int], *, subject: str) -> Get:
    return Get(path="/api/3/contacts", params=params, subject=subject, max_bytes=MAX_LIST_BYTES)


def _contacts_above(contact_id: int) -> Get:
    params: dict[str, str | int] = {
        "orders[id]": "ASC",
        "id_greater": contact_id,
        "limit": LIST_LIMIT,
        "include": "contactTags,contactLists",
    }
    return _request(params, subject=_subject(contact_id))


def _contacts_from(place: int) -> Get:
    params: dict[str, str | int] = {"limit": LIST_LIMIT, "offset": place, "include": "contactTags,contactLists"}
    return _request(params, subject=f"contacts from {place} on")


def _subject(after: int) -> str:
    return f"contacts after {after}"


def _with_contacts(content: dict[str, Any], *, after: int | None = None) -> dict[str, Any]:
    """Return an answer with its contacts, without the one whose id is `after`: some accounts take it along."""
    rows, total = items(content, "contacts"), total_of(content)
    beyond = [row for row in rows if after is None or item_id(row) != after]
    taken_along = len(rows) - len(beyond)
    if not taken_along or total is None:
        return content | {"contacts": beyond}
    return content | {"contacts": beyond, "meta": {"total": max(0, total - taken_along)}}


def _beyond(content: dict[str, Any], last_id: int) -> list[Any]:
    """Return the rows of an answer after the last contact; those without an id were on the page before."""
    return [row for row in content["contacts"] if (item_id(row) or 0) > last_id]


def _without_false_end(content: dict[str, Any], *, after: int) -> dict[str, Any]:
    found = _with_contacts(content, after=after)
    total = total_of(found)
    if total and not found["contacts"]:
        raise BadAnswer(FALSE_END, words=str(total))
    return found


def _are_in_order(ids: Sequence[int]) -> bool:
    return all(earlier < later for earlier, later in pairwise(ids))


def _by_contact(content: Item, name: str) -> defaultdict[int | None, list[Item]]:
    found: defaultdict[int | None, list[Item]] = defaultdict(list)
    for row in listed(content.get(name)) or []:
        if isinstance(row, dict):
            found[number(row.get("contact"))].append(row)
    return found


def _moment(row: Item, utc_field: str, field: str) -> datetime | None:
    return instant(row.get(utc_field), UTC_ZONE) or instant(row.get(field), CENTRAL)


def _flag(value: object) -> bool | None:
    if isinstance(value, str) and (word := value.strip().lower()) in {"true", "false"}:
        return word == "true"
    found = int(value) if isinstance(value, bool) else number(value)
    return None if found not in {0, 1} else bool(found)


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
