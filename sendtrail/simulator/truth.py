"""What is true of a simulated account, for a test to compare with what its reader made of the API."""

from dataclasses import dataclass
from datetime import datetime

from sendtrail.simulator.plan import Kind
from sendtrail.simulator.quirks import EventType


@dataclass(frozen=True, slots=True, kw_only=True)
class TruthRow:
    """One state of one row of a report list."""

    campaign_id: int
    message_id: str
    """Empty for ordinary campaigns, but for bounces: those rows name their message."""
    event_type: EventType
    contact_id: str
    contact_email: str
    activity_timestamp: datetime
    """UTC; of a bounce the local midnight of its day; of a row without `tstamp_iso` what its `tstamp` tells."""
    times: int
    link_id: str
    link_url: str
    source_timestamp: str
    """The row's own words: `tstamp_iso`, or else `tstamp`."""
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
