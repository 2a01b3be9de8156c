"""Rows of the tables, from what the domain knows."""

from dataclasses import fields, replace
from datetime import datetime
from hashlib import sha256

import orjson

from sendtrail.domain.activity import Activity, activity_id
from sendtrail.domain.campaign import COUNTERS, Campaign, CampaignMessage
from sendtrail.domain.campaign_report import UnreadableRow
from sendtrail.domain.contact import Contact, overall_status
from sendtrail.domain.conversion import Conversion
from sendtrail.domain.user import User
from sendtrail.warehouse.rows import (
    ActivityRow,
    CampaignRow,
    ContactRow,
    ConversionRow,
    ListStatus,
    MessageRow,
    SettingRow,
    UnreadableReportRow,
    UserRow,
    exactly,
)

_CAMPAIGN_FIELDS = tuple(field.name for field in fields(Campaign) if field.name != "message_id")
_NOT_STORED = frozenset({"is_anonymized", "is_deleted"})
_CONTACT_FIELDS = tuple(field.name for field in fields(Contact) if field.name not in _NOT_STORED)
_CONVERSION_FIELDS = tuple(field.name for field in fields(Conversion))


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


def gone_contact_row(contact: Contact, *, organization_id: str, now: datetime) -> ContactRow:
    """Return the row of a contact that was found at `now` to be anonymised, or deleted: its id, and that it is gone.

    The address that is stored stays until the contact is erased, as it leads to what else is theirs.
    """
    bare = replace(
        contact,
        email="",
        first_name="",
        last_name="",
        phone="",
        created_at=None,
        updated_at=None,
        deleted_at=None,
        tags=(),
        lists=(),
        mpp_tracking=None,
    )
    return replace(contact_row(bare, organization_id=organization_id, now=now), deleted_at=now)


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
        "row_hash": _campaign_hash(campaign),
        "created_at": now,
        "updated_at": now,
    }


def message_row(message: CampaignMessage, *, organization_id: str, campaign_id: int, now: datetime) -> MessageRow:
    """Return the row of a campaign's message whose subject line was read at `now`."""
    return MessageRow(
        organization_id=organization_id,
        campaign_id=campaign_id,
        message_id=message.message_id,
        subject=message.subject or None,
        row_hash=sha256(message.subject.encode()).hexdigest(),
        created_at=now,
        updated_at=now,
    )


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


def _conversion_hash(conversion: Conversion) -> str:
    """Return the hash of a conversion: if it is no refund, the one that it had before there was `refund_of`."""
    values = {name: getattr(conversion, name) for name in _CONVERSION_FIELDS}
    if not conversion.refund_of:
        del values["refund_of"]
    return sha256(orjson.dumps(values, default=exactly)).hexdigest()


def _campaign_hash(campaign: Campaign) -> str:
    """Return the hash of what is stored of a campaign: the one that it had before there was `message_id`."""
    values = {name: getattr(campaign, name) for name in _CAMPAIGN_FIELDS}
    values["counters"] = dict(sorted(campaign.counters.items()))
    return sha256(orjson.dumps(values, default=exactly)).hexdigest()


def _contact_hash(contact: Contact) -> str:
    """Return the hash of a contact: if its account says nothing of Apple, the one that it had before `mpp_tracking`."""
    values = {name: getattr(contact, name) for name in _CONTACT_FIELDS}
    if contact.mpp_tracking is None:
        del values["mpp_tracking"]
    return sha256(orjson.dumps(values, default=exactly)).hexdigest()
