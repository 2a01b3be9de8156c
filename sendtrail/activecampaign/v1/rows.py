"""Rows of the v1 reports, read as activities."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sendtrail.activecampaign.fields import identifier, number, text
from sendtrail.activecampaign.timestamps import instant, is_date, midnight
from sendtrail.domain.activity import Activity, EventType
from sendtrail.domain.campaign_report import Report
from sendtrail.errors import Unreadable

T = TypeVar("T")
Row = Mapping[str, Any]

BOUNCE_DETAILS = ("id", "type", "code", "reason", "descript", "counted")
# No public page shows this row; `email_to` is what the on-premise edition calls it.
RECIPIENT_FIELDS = ("email_to", "forward_to", "recipient", "to")


@dataclass(frozen=True, kw_only=True, slots=True)
class Origin:
    """Where rows come from: a campaign, one of its messages ("" for its only one), the zone of bare timestamps."""

    campaign_id: int
    message_id: str
    zone: ZoneInfo


@dataclass(frozen=True, kw_only=True, slots=True)
class Link:
    """A link of a message."""

    link_id: str
    url: str


class BadField(ValueError):
    """A field of a row that cannot be understood; its value stays out of the message."""


def activities(rows: Iterable[T], read: Callable[[T], Activity], *, subject: str) -> list[Activity]:
    """Read rows; raise Unreadable, naming the field, where one cannot be understood."""
    try:
        return [read(row) for row in rows]
    except BadField as error:
        raise Unreadable(f"{subject}: {error}") from None


def open_activity(row: Row, origin: Origin) -> Activity:
    """Read a contact's last open, and how many there were."""
    contact_id, email = _contact(row)
    at, source = _moment(row, origin.zone)
    return Activity(
        campaign_id=origin.campaign_id,
        message_id=identifier(row.get("messageid")) or origin.message_id,
        contact_id=contact_id,
        contact_email=email,
        event_type=EventType.OPEN,
        activity_timestamp=at,
        source_timestamp=source,
        times=_times(row),
    )


def click_activity(row: Row, origin: Origin, link: Link) -> Activity:
    """Read a contact's last click on a link, and how many there were."""
    contact_id, email = _contact(row)
    at, source = _moment(row, origin.zone)
    return Activity(
        campaign_id=origin.campaign_id,
        message_id=identifier(row.get("messageid")) or origin.message_id,
        contact_id=contact_id,
        contact_email=email,
        event_type=EventType.CLICK,
        activity_timestamp=at,
        source_timestamp=source,
        times=_times(row),
        link_id=link.link_id,
        link_url=link.url,
    )


def bounce_activity(row: Row, origin: Origin) -> Activity:
    """Read a bounce: the API gives its day, so its time is the midnight with which that began in the account's zone."""
    contact_id, email = _contact(row)
    source = text(row.get("tstamp")) or text(row.get("tstamp_iso"))
    at = midnight(source, origin.zone)
    if at is None:
        raise BadField("a row's tstamp is no date")
    return Activity(
        campaign_id=origin.campaign_id,
        message_id=identifier(row.get("messageid")) or origin.message_id,
        contact_id=contact_id,
        contact_email=email,
        event_type=EventType.BOUNCE,
        activity_timestamp=at,
        source_timestamp=source,
        detail=_detail(row, BOUNCE_DETAILS),
        discriminator=identifier(row.get("id")),
        day_only=True,
    )


def unsubscribe_activity(row: Row, origin: Origin) -> Activity:
    """Read an unsubscription."""
    contact_id, email = _contact(row)
    at, source = _moment(row, origin.zone)
    return Activity(
        campaign_id=origin.campaign_id,
        message_id=identifier(row.get("messageid")) or origin.message_id,
        contact_id=contact_id,
        contact_email=email,
        event_type=EventType.UNSUBSCRIBE,
        activity_timestamp=at,
        source_timestamp=source,
        detail=_detail(row, ("reason",)),
        day_only=is_date(source),
    )


def forward_activity(row: Row, origin: Origin) -> Activity:
    """Read that a contact forwarded an e-mail, and to whom as far as the account says."""
    contact_id, email = _contact(row)
    at, source = _moment(row, origin.zone)
    recipient = next((found for name in RECIPIENT_FIELDS if (found := text(row.get(name)))), "")
    return Activity(
        campaign_id=origin.campaign_id,
        message_id=identifier(row.get("messageid")) or origin.message_id,
        contact_id=contact_id,
        contact_email=email,
        event_type=EventType.FORWARD,
        activity_timestamp=at,
        source_timestamp=source,
        times=_times(row),
        detail={"recipient": recipient} if recipient else None,
        discriminator=recipient,
        day_only=is_date(source),
    )


READERS: Mapping[Report, Callable[..., Activity]] = {
    Report.OPENS: open_activity,
    Report.BOUNCES: bounce_activity,
    Report.UNSUBSCRIBES: unsubscribe_activity,
    Report.FORWARDS: forward_activity,
}


def _contact(row: Row) -> tuple[str, str]:
    contact_id, email = identifier(row.get("subscriberid")), text(row.get("email"))
    if not contact_id and not email:
        raise BadField("a row has neither subscriberid nor email")
    return contact_id, email


def _moment(row: Row, zone: ZoneInfo) -> tuple[datetime, str]:
    for name in ("tstamp_iso", "tstamp"):
        source = row.get(name)
        if source and (at := instant(source, zone)):
            return at, source
    raise BadField("a row has neither a readable tstamp_iso nor tstamp")


def _times(row: Row) -> int:
    value = row.get("times")
    if value is None or value == "":
        return 1
    times = number(value)
    if times is None or times < 0:
        raise BadField("a row's times is no number")
    return times


def _detail(row: Row, names: tuple[str, ...]) -> dict[str, str] | None:
    return {name: value for name in names if (value := text(row.get(name)))} or None
