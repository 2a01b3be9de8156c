"""What the report shows of conversions, as values: the rows that it reads from the views of attribution."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

STEP_DIVIDER = " > "
ALL_TIME, BEFORE, MONTH = "all", "before", "month"


class Counting(StrEnum):
    """Which opens and clicks count: those that no rule recognises as a machine's, or all."""

    HUMAN = "human"
    RAW = "raw"


@dataclass(frozen=True, kw_only=True, slots=True)
class Period:
    """A row of `reporting_periods`: a period, and the one that it is compared with, if there is one."""

    period: str
    kind: str
    starts_on: date | None
    ends_on: date | None
    compared_with: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Earned:
    """A row of `attribution_by_period`: what a campaign earned in a period, in one currency, under one model.

    `campaign_id` is None for what no e-mail earned; `currency` and `value` are None for conversions without a value.
    """

    period: str
    model: str
    currency: str | None
    campaign_id: int | None
    conversions: int
    credit: Decimal
    value: Decimal | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Path:
    """A row of `attribution_paths_by_period`: a path to conversion; its campaign ids are joined by STEP_DIVIDER."""

    period: str
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
class PeriodEngagement:
    """A row of `engagement_by_period`: what was sent in a period, and how many contacts opened, clicked and bought."""

    period: str
    campaigns: int
    sent: int
    delivered: int
    bounce_rate: float | None
    unsubscribe_rate: float | None
    openers: int | None
    raw_openers: int | None
    clickers: int | None
    raw_clickers: int | None
    buyers: int
    orders: int


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
    """What campaigns earned, the paths to conversion, and who opened, clicked and bought, in each period."""

    earned: tuple[Earned, ...] = ()
    paths: tuple[Path, ...] = ()
    engagement: tuple[PeriodEngagement, ...] = ()
