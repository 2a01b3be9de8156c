"""One contact, asked for by its id: whether it is there, whatever the list shows."""

from typing import Any

from sendtrail.activecampaign.http.client import Client, Get
from sendtrail.activecampaign.http.errors import NO_CONTACT, BadAnswer
from sendtrail.activecampaign.v3.contacts import contact
from sendtrail.activecampaign.v3.items import MAX_LIST_BYTES, item_id
from sendtrail.domain.contact import Contact
from sendtrail.errors import NotFound


def contact_by_id(client: Client, contact_id: int) -> Contact | None:
    """Return a contact without its tags and lists, None where the account says that there is none of this id.

    An error names nobody, not by their id either: whoever is asked about may be erased next.
    """
    get = Get(
        path=f"/api/3/contacts/{contact_id}",
        params={},
        subject="a contact by its id",
        max_bytes=MAX_LIST_BYTES,
        is_one_of_many=True,
    )
    try:
        return client.json(get, lambda content: _read(content, contact_id))
    except NotFound:
        return None


def _read(content: dict[str, Any], contact_id: int) -> Contact:
    row = content.get("contact")
    if not isinstance(row, dict) or item_id(row) != contact_id:
        raise BadAnswer(NO_CONTACT)
    return contact(contact_id, row, tags=(), lists=())
