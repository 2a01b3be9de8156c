"""Rows of the warehouse's tables: one type per table, its fields in the order of the columns.

What the account does not say is None in a row, never "".
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from hashlib import sha256
from typing import Any, TypedDict, cast

import orjson

from sendtrail.domain.activity import Activity, activity_id
from sendtrail.domain.campaign import COUNTERS, Campaign
from sendtrail.domain.campaign_report import UnreadableRow
from sendtrail.domain.contact import Contact, overall_status
from sendtrail.domain.conversion import Conversion
from sendtrail.domain.user import User
from sendtrail.domain.work_item import WorkItem


class Table(StrEnum):
    """A table that rows are merged into; its definition and its MERGE are in `sql/<name>/`."""

    EMAIL_ACTIVITIES = "email_activities"
    CONTACTS = "contacts"
    CAMPAIGNS = "campaigns"
    CONVERSIONS = "conversions"
    USERS = "users"
    ATTRIBUTION_SETTINGS = "attribution_settings"
    UNREADABLE_ROWS = "unreadable_rows"


class ActivityRow(TypedDict):
    """A row of `email_activities`: one observation.

    There are millions of them, so it is the dictionary that it is written from: a frozen dataclass takes five times as
    long to make, and twice as long to write.
    """

    organization_id: str
    activity_id: str
    campaign_id: int
    campaign_name: str
    message_id: str | None
    contact_id: str | None
    contact_email: str | None
    event_type: str
    activity_timestamp: datetime
    activity_date: date
    times: int
    link_id: str | None
    link_url: str | None
    detail: Mapping[str, str] | None
    source_timestamp: str
    run_id: str
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class ListStatus:
    """An entry of `contacts.list_statuses`."""

    list: str
    status: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ContactRow:
    """A row of `contacts`: one contact as last seen; `row_hash` covers everything that the account provides."""

    organization_id: str
    contact_id: str
    email: str | None
    first_name: str | None
    last_name: str | None
    phone: str | None
    created_date: datetime | None
    updated_date: datetime | None
    tags: tuple[str, ...]
    lists: tuple[str, ...]
    status: str
    list_statuses: tuple[ListStatus, ...]
    deleted_at: datetime | None
    row_hash: str
    created_at: datetime
    updated_at: datetime
    mpp_tracking: bool | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ConversionRow:
    """A row of `conversions`: one conversion as last loaded; `row_hash` covers everything that its owner provides."""

    organization_id: str
    conversion_id: str
    user_id: str | None
    email: str | None
    converted_at: datetime
    value: Decimal | None
    currency: str | None
    kind: str | None
    row_hash: str
    created_at: datetime
    updated_at: datetime
    refund_of: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class UserRow:
    """A row of `users`: one claim that a user is a contact."""

    organization_id: str
    user_id: str
    contact_id: str | None
    email: str | None
    valid_from: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class SettingRow:
    """A row of `attribution_settings`: one setting as it was last chosen."""

    organization_id: str
    name: str
    value: str
    row_hash: str
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class UnreadableReportRow:
    """A row of `unreadable_rows`: a row of a report that could not be understood, as it came."""

    organization_id: str
    row_id: str
    campaign_id: int
    message_id: str | None
    report: str
    page: int
    reason: str
    raw: str
    run_id: str
    created_at: datetime
    updated_at: datetime


CampaignRow = Mapping[str, Any]
_CONTACT_FIELDS = tuple(field.name for field in fields(Contact))
_CONVERSION_FIELDS = tuple(field.name for field in fields(Conversion))
Row = ActivityRow | ContactRow | CampaignRow | ConversionRow | UserRow | SettingRow | UnreadableReportRow


@dataclass(frozen=True, kw_only=True, slots=True)
class Batch:
    """Rows to merge into one table, and the work that read them.

    `number` counts the batches of a delivery. `delivery` is the token of the delivery that read the rows: a later
    delivery of the same message may read others, so it must never be taken for a retry of this one. `pass_id`
    (contacts) is the pass in which these contacts were seen.
    """

    table: Table
    item: WorkItem
    number: int
    rows: Sequence[Row]
    delivery: str
    pass_id: str = ""

    @property
    def batch_id(self) -> str:
        """Return a name that is unique to this batch, and the same when the batch is retried."""
        item = self.item
        parts = (item.organization_id, item.run_id, item.subject, item.sequence, self.delivery, self.number)
        return "_".join(map(str, parts))


def activity_rows(batch: Batch) -> Sequence[ActivityRow]:
    """Return the rows of a batch of activities; none if it is for another table."""
    return cast("Sequence[ActivityRow]", batch.rows) if batch.table is Table.EMAIL_ACTIVITIES else ()


def to_json_lines(rows: Iterable[Row]) -> bytes:
    """Return rows as newline-delimited JSON."""
    return b"".join(orjson.dumps(row, default=_exactly, option=orjson.OPT_APPEND_NEWLINE) for row in rows)


def to_json_array(rows: Sequence[Row]) -> str:
    """Return rows as a JSON array."""
    return orjson.dumps(rows, default=_exactly).decode()


def activity_row(
    activity: Activity, *, organization_id: str, campaign_name: str, run_id: str, now: datetime
) -> ActivityRow:
    """Return the row of an activity that was read at `now`."""
    return {
        "organization_id": organization_id,
        "activity_id": activity_id(organization_id, activity),
        "campaign_id": activity.campaign_id,
        "campaign_name": campaign_name,
        "message_id": activity.message_id or None,
        "contact_id": activity.contact_id or None,
        "contact_email": activity.contact_email or None,
        "event_type": activity.event_type,
        "activity_timestamp": activity.activity_timestamp,
        "activity_date": activity.activity_timestamp.date(),
        "times": activity.times,
        "link_id": activity.link_id or None,
        "link_url": activity.link_url or None,
        "detail": activity.detail,
        "source_timestamp": activity.source_timestamp,
        "run_id": run_id,
        "created_at": now,
        "updated_at": now,
    }


def unreadable_row(
    row: UnreadableRow, *, organization_id: str, campaign_id: int, message_id: str, run_id: str, now: datetime
) -> UnreadableReportRow:
    """Return the row of a report's row that could not be understood; the same row has the same id on any page."""
    key = (organization_id, str(campaign_id), message_id, row.report, row.raw)
    return UnreadableReportRow(
        organization_id=organization_id,
        row_id=sha256("\x1f".join(key).encode(errors="replace")).hexdigest()[:32],
        campaign_id=campaign_id,
        message_id=message_id or None,
        report=row.report,
        page=row.page,
        reason=row.reason,
        raw=row.raw,
        run_id=run_id,
        created_at=now,
        updated_at=now,
    )


def contact_row(contact: Contact, *, organization_id: str, now: datetime) -> ContactRow:
    """Return the row of a contact that was read at `now`."""
    return ContactRow(
        organization_id=organization_id,
        contact_id=str(contact.contact_id),
        email=contact.email or None,
        first_name=contact.first_name or None,
        last_name=contact.last_name or None,
        phone=contact.phone or None,
        created_date=contact.created_at,
        updated_date=contact.updated_at,
        tags=contact.tags,
        lists=tuple(membership.list_name for membership in contact.lists),
        status=overall_status(contact.lists),
        list_statuses=tuple(ListStatus(list=m.list_name, status=m.status_name) for m in contact.lists),
        deleted_at=contact.deleted_at,
        row_hash=_contact_hash(contact),
        created_at=now,
        updated_at=now,
        mpp_tracking=contact.mpp_tracking,
    )


def campaign_row(campaign: Campaign, *, organization_id: str, now: datetime) -> CampaignRow:
    """Return the row of a campaign that was listed at `now`: a column for each counter, as the API gave it."""
    return {
        "organization_id": organization_id,
        "campaign_id": campaign.campaign_id,
        "campaign_name": campaign.name,
        "campaign_type": campaign.type,
        "status": campaign.status,
        "automation_id": campaign.automation_id or None,
        "series_id": campaign.series_id or None,
        "sent_at": campaign.sent_at,
        "last_sent_at": campaign.last_sent_at,
        "created_date": campaign.created_at,
        "modified_date": campaign.modified_at,
        **{name: campaign.counters.get(name) for name in COUNTERS},
        "row_hash": _hash(campaign),
        "created_at": now,
        "updated_at": now,
    }


def conversion_row(conversion: Conversion, *, organization_id: str, now: datetime) -> ConversionRow:
    """Return the row of a conversion that was loaded at `now`."""
    return ConversionRow(
        organization_id=organization_id,
        conversion_id=conversion.conversion_id,
        user_id=conversion.user_id or None,
        email=conversion.email or None,
        converted_at=conversion.converted_at,
        value=conversion.value,
        currency=conversion.currency or None,
        kind=conversion.kind or None,
        refund_of=conversion.refund_of or None,
        row_hash=_conversion_hash(conversion),
        created_at=now,
        updated_at=now,
    )


def user_row(user: User, *, organization_id: str) -> UserRow:
    """Return the row of a claim that a user is a contact."""
    return UserRow(
        organization_id=organization_id,
        user_id=user.user_id,
        contact_id=user.contact_id or None,
        email=user.email or None,
        valid_from=user.valid_from,
    )


def setting_row(name: str, value: str, *, organization_id: str, now: datetime) -> SettingRow:
    """Return the row of a setting that was chosen at `now`."""
    return SettingRow(
        organization_id=organization_id,
        name=name,
        value=value,
        row_hash=sha256(value.encode()).hexdigest(),
        created_at=now,
        updated_at=now,
    )


def _exactly(value: object) -> str:
    """Return an exact number as text, which both warehouses load into NUMERIC without using a float."""
    if isinstance(value, Decimal):
        return format(value, "f")
    raise TypeError(f"a row cannot hold a {type(value).__name__}")


def _conversion_hash(conversion: Conversion) -> str:
    """Return the hash of a conversion: if it is no refund, the one that it had before there was `refund_of`."""
    values = {name: getattr(conversion, name) for name in _CONVERSION_FIELDS}
    if not conversion.refund_of:
        del values["refund_of"]
    return sha256(orjson.dumps(values, default=_exactly)).hexdigest()


def _contact_hash(contact: Contact) -> str:
    """Return the hash of a contact: if its account says nothing of Apple, the one that it had before `mpp_tracking`."""
    values = {name: getattr(contact, name) for name in _CONTACT_FIELDS}
    if contact.mpp_tracking is None:
        del values["mpp_tracking"]
    return sha256(orjson.dumps(values, default=_exactly)).hexdigest()


def _hash(value: Campaign) -> str:
    return sha256(orjson.dumps(value, default=_exactly, option=orjson.OPT_SORT_KEYS)).hexdigest()
