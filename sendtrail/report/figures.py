"""What the report shows, as values.

The fields of a row are the columns that the report reads from a view: `queries` selects them by these names. A new
number in the report is a field here, and the place on the page that shows it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

STEP_DIVIDER = " > "


class Counting(StrEnum):
    """Which opens and clicks count: those that no rule recognises as a machine's, or all."""

    HUMAN = "human"
    RAW = "raw"


@dataclass(frozen=True, kw_only=True, slots=True)
class Campaign:
    """A row of `campaign_engagement`: a campaign and what its recipients did; `raw_*` include machines."""

    campaign_id: int
    campaign_name: str | None
    sent_at: datetime | None
    sent: int | None
    delivered: int | None
    estimated_human_opens: int
    raw_unique_opens: int
    unique_clicks: int
    raw_unique_clicks: int
    bounces: int
    unsubscribes: int
    forwards: int

    @property
    def title(self) -> str:
        """Return the campaign's name, or its id where it has no name."""
        return self.campaign_name or f"Campaign {self.campaign_id}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Day:
    """A row of `daily_activity`: how many events of one type a day had; `raw_events` includes machines."""

    activity_date: date
    event_type: str
    events: int
    raw_events: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Earned:
    """A row of `attribution_by_month`: what a campaign earned in a month, in one currency, under one model.

    `campaign_id` is None for what no e-mail earned; `currency` and `value` are None for conversions without a value.
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
    """A row of `attribution_paths`: a path to conversion; its campaign ids are joined by STEP_DIVIDER."""

    currency: str | None
    campaign_ids: str
    conversions: int
    value: Decimal | None
    average_days: float | None

    @property
    def steps(self) -> list[int | None]:
        """Return the campaigns in their order; None stands for earlier steps that were left out ("...")."""
        return [int(step) if step.isdigit() else None for step in self.campaign_ids.split(STEP_DIVIDER)]


@dataclass(frozen=True, kw_only=True, slots=True)
class MonthPath(Path):
    """A row of `attribution_paths_by_month`: a path to conversion of one month."""

    month: date


@dataclass(frozen=True, kw_only=True, slots=True)
class Funnel:
    """A row of `monthly_funnel`: how many contacts opened, clicked and bought in a month; None is all time."""

    month: date | None
    sent: int
    delivered: int
    openers: int
    raw_openers: int
    clickers: int
    raw_clickers: int
    buyers: int
    orders: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Completeness:
    """A row of `completeness`: how far a campaign's number for one event type can be trusted."""

    campaign_id: int
    event_type: str
    counter: int | None
    stored: int
    gap: int | None
    gap_times: int | None
    unreadable_rows: int
    likely_cause: str
    explanation: str
    trust: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Freshness:
    """A row of `pipeline_freshness`: how recent the data of one event type is."""

    event_type: str
    newest_activity_at: datetime
    newest_sync_at: datetime
    account_hours_since_sync: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Times:
    """A row of `timestamp_meaning`: whether the times of opens, or of clicks, are the first, the last or unknown."""

    event_type: str
    meaning: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Parameters:
    """A row of `attribution_parameters`: how credit is given in this account."""

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
    """What campaigns earned, the paths to conversion, and the funnel of each month."""

    earned: tuple[Earned, ...] = ()
    paths: tuple[Path, ...] = ()
    month_paths: tuple[MonthPath, ...] = ()
    funnel: tuple[Funnel, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Figures:
    """Everything that the report shows about an account."""

    organization_id: str
    campaigns: tuple[Campaign, ...]
    days: tuple[Day, ...]
    attributed: Mapping[Counting, Attributed]
    completeness: tuple[Completeness, ...]
    freshness: tuple[Freshness, ...]
    times: tuple[Times, ...]
    parameters: Parameters
