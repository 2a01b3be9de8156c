"""What is true of a simulated account, for a test to compare with what its reader made of the API."""

from dataclasses import dataclass
from datetime import datetime

from sendtrail.simulator.plan import Kind
from sendtrail.simulator.quirks import EventType
from sendtrail.simulator.quirks.rows import BadRow


@dataclass(frozen=True, slots=True, kw_only=True)
class TruthRow:
    """One state of one row of a report list."""

    campaign_id: int
    message_id: str
    """Empty for ordinary campaigns, unless rows name their message (bounces, the ancestor's forwards) or have to be
    asked for by message."""
    event_type: EventType
    contact_id: str
    contact_email: str
    activity_timestamp: datetime
    """UTC; of a bounce the local midnight of its day; of a row without `tstamp_iso` what its `tstamp` tells."""
    times: int
    link_id: str
    link_url: str
    source_timestamp: str
    """The row's own words: `tstamp_iso`, or else `tstamp`, or else `udate`."""
    detail: dict[str, str]
    """Bounce: id, type, code, counted, reason, descript; unsubscribe: reason; forward: recipient."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TruthContact:
    """A contact as it stands; instants are UTC."""

    id: str
    email: str
    first_name: str
    last_name: str
    phone: str
    created: datetime
    updated: datetime
    tags: tuple[str, ...]
    """Names, ascending."""
    lists: tuple[tuple[str, int], ...]
    """(name, status), ascending."""
    deleted: bool = False
    last_open: datetime | None = None
    """As `last_open_date` and `last_click_date` say; None without the quirk `contact_activity_dates`."""
    last_click: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TruthUnreadable:
    """A row (or link) of a report that nobody can read."""

    campaign_id: int
    message_id: str
    """Of split campaigns."""
    event_type: EventType
    kind: BadRow


@dataclass(frozen=True, slots=True, kw_only=True)
class TruthCampaign:
    """A campaign and its counters as they stand."""

    id: int
    name: str
    kind: Kind
    status: int
    sent_at: datetime | None
    message_ids: tuple[str, ...]
    counters: dict[str, int]
