"""A simulated account's truth and a warehouse's rows in one form, so that they can be compared."""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from typing import Any

import orjson

from sendtrail.domain.contact import LIST_STATUSES
from sendtrail.simulator import TruthContact, TruthRow

ACTIVITIES = """
SELECT campaign_id, COALESCE(message_id, ''), event_type, COALESCE(contact_id, ''), COALESCE(contact_email, ''),
  activity_timestamp, times, COALESCE(link_id, ''), COALESCE(link_url, ''), source_timestamp, detail
FROM {dataset}.email_activities
WHERE organization_id = $organization
"""
CONTACTS = """
SELECT contact_id, COALESCE(email, ''), COALESCE(first_name, ''), COALESCE(last_name, ''), COALESCE(phone, ''),
  created_date, updated_date, tags, list_statuses
FROM {dataset}.contacts
WHERE organization_id = $organization AND deleted_at IS NULL
"""


def account_activities(rows: Iterable[TruthRow]) -> Iterator[Hashable]:
    """Yield an account's activities."""
    for row in rows:
        yield (
            row.campaign_id,
            row.message_id,
            row.event_type,
            row.contact_id,
            row.contact_email,
            row.activity_timestamp,
            row.times,
            row.link_id,
            row.link_url,
            row.source_timestamp,
            _items(row.detail),
        )


def stored_activities(rows: Iterable[Sequence[Any]]) -> Iterator[Hashable]:
    """Yield a warehouse's activities from the rows of `ACTIVITIES`."""
    for *columns, detail in rows:
        yield (*columns, _items(orjson.loads(detail or "{}")))


def account_contacts(contacts: Iterable[TruthContact]) -> Iterator[Hashable]:
    """Yield an account's contacts."""
    for contact in contacts:
        yield (
            contact.id,
            contact.email,
            contact.first_name,
            contact.last_name,
            contact.phone,
            contact.created,
            contact.updated,
            tuple(sorted(contact.tags)),
            tuple(sorted((name, LIST_STATUSES.get(status, str(status))) for name, status in contact.lists)),
        )


def stored_contacts(rows: Iterable[Sequence[Any]]) -> Iterator[Hashable]:
    """Yield a warehouse's contacts from the rows of `CONTACTS`."""
    for *columns, tags, lists in rows:
        yield (*columns, tuple(sorted(tags)), tuple(sorted((entry["list"], entry["status"]) for entry in lists)))


def _items(detail: dict[str, str]) -> Hashable:
    return tuple(sorted((name, value) for name, value in detail.items() if value))
