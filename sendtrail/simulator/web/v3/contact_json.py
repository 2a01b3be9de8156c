"""The v3 shape of contacts, and of what can be side-loaded with them."""

from collections.abc import Mapping
from functools import lru_cache

from sendtrail.simulator.account import Account
from sendtrail.simulator.report_lists.timestamps import CENTRAL, Stamps, utc
from sendtrail.simulator.world.people import Contact

_CENTRAL = Stamps(CENTRAL)
_ABSENT = (None, "", "0000-00-00", "0000-00-00 00:00:00")
_BOUNCED = 3  # the status of a contact in a list
_KEPT = 2_000
"""So many contacts are written once: the pages of a small account are asked for again and again."""

Row = Mapping[str, object]


def contact_json(account: Account, contact: Contact) -> dict[str, object]:
    """Return a contact."""
    quirks = account.quirks
    return _lasting(contact, ints=quirks.ints, zero_dates=quirks.zero_dates) | _activity(account, contact)


def tags_of(account: Account, contact: Contact) -> tuple[Row, ...]:
    """Return the `contactTags` of a contact."""
    return _tags_of(contact, ints=account.quirks.ints)


def lists_of(account: Account, contact: Contact) -> tuple[Row, ...]:
    """Return the `contactLists` of a contact."""
    return _lists_of(contact, ints=account.quirks.ints)


@lru_cache(maxsize=_KEPT)
def _lasting(contact: Contact, *, ints: bool, zero_dates: bool) -> dict[str, object]:
    """Return what a contact shows until it changes."""
    number = int if ints else str
    absent = _ABSENT[contact.number % 4] if zero_dates else None
    bounced = any(status == _BOUNCED for _, status in contact.lists)
    return {
        "id": number(contact.id),
        "email": contact.email,
        "phone": contact.phone,
        "firstName": contact.first_name,
        "lastName": contact.last_name,
        "orgid": number(0),
        "cdate": _CENTRAL.iso(contact.created_at),
        "udate": _CENTRAL.iso(contact.updated_at),
        "created_timestamp": _CENTRAL.naive(contact.created_at),
        "updated_timestamp": _CENTRAL.naive(contact.updated_at),
        "created_utc_timestamp": _naive_utc(contact.created_at),
        "updated_utc_timestamp": _naive_utc(contact.updated_at),
        "deleted": number(0),
        "deleted_at": absent,
        "anonymized": number(0),
        "bounced_hard": number(1 if bounced else 0),
        "bounced_soft": number(0),
        "bounced_date": _CENTRAL.day(contact.updated_at) if bounced else absent,
        "ip": "0",
        "links": {"contactLists": f"/api/3/contacts/{contact.id}/contactLists"},
    }


@lru_cache(maxsize=_KEPT)
def _tags_of(contact: Contact, *, ints: bool) -> tuple[Row, ...]:
    number = int if ints else str
    added = _CENTRAL.iso(contact.created_at)
    return tuple(
        {"id": number(contact.id * 1_000 + tag), "contact": number(contact.id), "tag": number(tag), "cdate": added}
        for tag in contact.tags
    )


@lru_cache(maxsize=_KEPT)
def _lists_of(contact: Contact, *, ints: bool) -> tuple[Row, ...]:
    number = int if ints else str
    return tuple(
        {
            "id": number(contact.id * 1_000 + list_id),
            "contact": number(contact.id),
            "list": number(list_id),
            "status": number(status),
            "sdate": _CENTRAL.iso(contact.created_at),
            "udate": _CENTRAL.iso(contact.updated_at) if status == 2 else None,
        }
        for list_id, status in contact.lists
    )


def _activity(account: Account, contact: Contact) -> dict[str, object]:
    """Return when a contact last opened and clicked; of every fourth one Apple opens all, and nobody knows who did."""
    number = int if account.quirks.ints else str
    latest, is_hidden = (
        account.last_activity(contact),
        account.quirks.contact_activity_dates and contact.number % 4 == 0,
    )
    opened = _CENTRAL.naive(latest["open"]) if "open" in latest else None
    return {
        "mpp_tracking": number(int(is_hidden)),
        "last_open_date": opened,
        "last_click_date": _CENTRAL.naive(latest["click"]) if "click" in latest else None,
        "last_mpp_open_date": opened if is_hidden else None,
    }


def _naive_utc(at: int) -> str:
    return utc(at).isoformat(" ")[:19]
