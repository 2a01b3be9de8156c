"""What the report shows, as values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum


class Counting(StrEnum):
    """Whose opens and clicks count: people's, or what machines did, too."""

    HUMAN = "human"
    RAW = "raw"


@dataclass(frozen=True, kw_only=True, slots=True)
class Campaign:
    """A campaign and what its recipients did; `*_raw` count what machines did, too."""

    campaign_id: int
    name: str
    sent_at: datetime | None
    sent: int | None
    delivered: int | None
    opens: int
    opens_raw: int
    clicks: int
    clicks_raw: int
    bounces: int
    unsubscribes: int
    forwards: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Day:
    """How often one type of activity was seen on one day (UTC), by people and in all."""

    date: date
    event_type: str
    events: int
    events_raw: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Earned:
    """What a campaign earned of a month's conversions in one currency under one model.

    `campaign_id` is None for what no e-mail earned, `currency` and `value` are for conversions without a value.
    """

    month: date
    model: str
    currency: str | None
    campaign_id: int | None
    conversions: int
    credit: Decimal
    value: Decimal | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Path:
    """A way to conversions: the campaigns in their order, with "..." where its beginning is left out."""

    currency: str | None
    campaign_ids: tuple[int | None, ...]
    conversions: int
    value: Decimal | None
    average_days: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Completeness:
    """How far a campaign's number of one type can be trusted."""

    campaign_id: int
    event_type: str
    counter: int | None
    stored: int
    gap: int | None
    likely_cause: str
    explanation: str
    trust: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Freshness:
    """How new one type of activity is."""

    event_type: str
    newest_activity_at: datetime
    newest_sync_at: datetime
    account_hours_since_sync: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Parameters:
    """How credit is given in this account."""

    lookback_days: int
    include_opens: bool
    include_machine: bool
    first_percent: int
    last_percent: int
    half_life_days: int

    @property
    def counting(self) -> Counting:
        """Return whose clicks earn in this account."""
        return Counting.RAW if self.include_machine else Counting.HUMAN


@dataclass(frozen=True, kw_only=True, slots=True)
class Attributed:
    """What conversions are credited to, and the ways to them."""

    earned: tuple[Earned, ...] = ()
    paths: tuple[Path, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Figures:
    """All that the report shows of an account."""

    organization_id: str
    campaigns: tuple[Campaign, ...]
    days: tuple[Day, ...]
    attributed: Mapping[Counting, Attributed]
    completeness: tuple[Completeness, ...]
    freshness: tuple[Freshness, ...]
    parameters: Parameters
