"""Rows of the v1 reports, read as activities."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sendtrail.activecampaign.fields import count_of, identifier, text
from sendtrail.activecampaign.timestamps import instant, is_date, midnight
from sendtrail.activecampaign.unreadable_rows import UnreadableField
from sendtrail.domain.activity import Activity, EventType
from sendtrail.domain.campaign_report import Report

T = TypeVar("T")
Row = Mapping[str, Any]

BOUNCE_DETAILS = ("id", "type", "code", "reason", "descript", "counted")
# No public page shows this row; `email_to` is what the on-premise edition calls it.
RECIPIENT_FIELDS = ("email_to", "forward_to", "recipient", "to")
HAPPENED_AT = ("tstamp_iso", "tstamp")
UNSUBSCRIBED_AT = (*HAPPENED_AT, "udate")
_NO_VALUE = (None, "")


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


_NO_LINK = Link(link_id="", url="")


def activities(
    rows: Iterable[T], read: Callable[[T], Activity]
) -> tuple[list[Activity], Sequence[tuple[T, UnreadableField]]]:
    """Return what rows say, and the rows that cannot be read, each with the problem."""
    found: list[Activity] = []
    unreadable: list[tuple[T, UnreadableField]] = []
    for row in rows:
        try:
            found.append(read(row))
        except UnreadableField as problem:
            unreadable.append((row, problem))
    return found, unreadable


def open_activity(row: Row, origin: Origin) -> Activity:
    """Read how often a contact has opened, and when."""
    return _counted_activity(row, origin, EventType.OPEN, _NO_LINK)


def click_activity(row: Row, origin: Origin, link: Link) -> Activity:
    """Read how often a contact has clicked a link, and when."""
    if not link.link_id:
        raise UnreadableField("the link of a row has no id")
    return _counted_activity(row, origin, EventType.CLICK, link)


def _counted_activity(row: Row, origin: Origin, event_type: EventType, link: Link) -> Activity:
    """Read the row that a contact has for all of its opens, or clicks of a link: `times` is how many there were.

    Its time is that of the last one where a repeat moves the row, and that of the first one where a repeat only raises
    `times`. No row says which: it is observed per account, for opens and clicks apart (domain/timestamp_meaning).
    """
    contact_id, email = _contact(row)
    at, source = _moment(row, origin.zone)
    return Activity(
        campaign_id=origin.campaign_id,
        message_id=_message_id(row, origin),
        contact_id=contact_id,
        contact_email=email,
        event_type=event_type,
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
        raise UnreadableField("a row's tstamp is no date")
    return Activity(
        campaign_id=origin.campaign_id,
        message_id=_message_id(row, origin),
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
    """Read an unsubscription: some accounts have a row per list that the contact left, told apart by the list."""
    contact_id, email = _contact(row)
    at, source = _moment(row, origin.zone, UNSUBSCRIBED_AT)
    reason = text(row.get("reason")) or text(row.get("unsubreason"))
    list_id = identifier(row.get("listid"))
    return Activity(
        campaign_id=origin.campaign_id,
        message_id=_message_id(row, origin),
        contact_id=contact_id,
        contact_email=email,
        event_type=EventType.UNSUBSCRIBE,
        activity_timestamp=at,
        source_timestamp=source,
        detail=_without_blanks(reason=reason, listid=list_id),
        discriminator=list_id,
        day_only=is_date(source),
    )


def forward_activity(row: Row, origin: Origin) -> Activity:
    """Read that a contact forwarded an e-mail, and to whom as far as the account says.

    Some accounts have a row per forwarder, with a count and one arbitrary recipient: there a recipient distinguishes
    nothing.
    """
    contact_id, email = _contact(row, e_mail_field="email_from")
    at, source = _moment(row, origin.zone)
    recipient = next((found for name in RECIPIENT_FIELDS if (found := text(row.get(name)))), "")
    is_counted = row.get("a_times") not in _NO_VALUE
    return Activity(
        campaign_id=origin.campaign_id,
        message_id=_message_id(row, origin),
        contact_id=contact_id,
        contact_email=email,
        event_type=EventType.FORWARD,
        activity_timestamp=at,
        source_timestamp=source,
        times=_times(row, "a_times" if is_counted else "times"),
        detail=_without_blanks(recipient=recipient, brief_message=text(row.get("brief_message"))),
        discriminator="" if is_counted else recipient,
        day_only=is_date(source),
    )


READERS: Mapping[Report, Callable[..., Activity]] = {
    Report.OPENS: open_activity,
    Report.BOUNCES: bounce_activity,
    Report.UNSUBSCRIBES: unsubscribe_activity,
    Report.FORWARDS: forward_activity,
}


def _contact(row: Row, *, e_mail_field: str = "email") -> tuple[str, str]:
    if not isinstance(row, dict):
        raise UnreadableField("a row is no object")
    contact_id, email = identifier(row.get("subscriberid")), text(row.get("email")) or text(row.get(e_mail_field))
    if not contact_id and not email:
        raise UnreadableField("a row has neither subscriberid nor email")
    return contact_id, email


def _message_id(row: Row, origin: Origin) -> str:
    found = row.get("messageid")
    return (identifier(found) if found else "") or origin.message_id  # most rows have none: without a call


def _moment(row: Row, zone: ZoneInfo, names: tuple[str, ...] = HAPPENED_AT) -> tuple[datetime, str]:
    for name in names:
        source = row.get(name)
        if source and (at := instant(source, zone)):
            return at, source
    raise UnreadableField(f"a row has no readable {' or '.join(names)}")


def _times(row: Row, name: str = "times") -> int:
    value = row.get(name)
    times = count_of(value)
    if times is not None:
        return times
    if value in _NO_VALUE:
        return 1
    raise UnreadableField(f"a row's {name} is no credible number")


def _detail(row: Row, names: tuple[str, ...]) -> dict[str, str] | None:
    return _without_blanks(**{name: text(row.get(name)) for name in names})


def _without_blanks(**values: str) -> dict[str, str] | None:
    return {name: value for name, value in values.items() if value} or None
