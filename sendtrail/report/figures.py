"""What the report shows, as values.

The fields of a row are the columns that the report reads from a view: `queries` selects them by these names. A new
number in the report is a field here, and the place on the page that shows it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sendtrail.report.attributed import Attributed, Counting, Parameters, Period


@dataclass(frozen=True, kw_only=True, slots=True)
class Campaign:
    """A row of `campaign_engagement`: a campaign and what its recipients did; `raw_*` include machines."""

    campaign_id: int
    campaign_name: str | None
    subject: str | None
    automation_id: str | None
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
    open_rate: float | None
    raw_open_rate: float | None
    click_through_rate: float | None
    raw_click_through_rate: float | None
    click_to_open_rate: float | None
    raw_click_to_open_rate: float | None
    bounce_rate: float | None
    unsubscribe_rate: float | None

    @property
    def title(self) -> str:
        """Return the campaign's name, or its id where it has no name."""
        return self.campaign_name or f"Campaign {self.campaign_id}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Link:
    """A row of `link_engagement`: a link of a campaign and who clicked it; `raw_*` include machines."""

    campaign_id: int
    link_url: str | None
    unique_clicks: int
    raw_unique_clicks: int
    click_rate: float | None
    share_of_clickers: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """A row of `message_engagement`: one of several messages of a split test, and how it compares with the others."""

    campaign_id: int
    message_id: str | None
    subject: str | None
    readers: int
    unique_clicks: int
    click_share: float | None
    verdict: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Response:
    """A row of `response_times`: within how many hours half of those who opened, or clicked, had done so."""

    campaign_id: int
    event_type: str
    contacts: int
    half_within_hours: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Automation:
    """A row of `automation_engagement`: an automation, all its campaigns together."""

    automation_id: str
    campaigns: int
    campaign_names: str | None
    sent: int | None
    delivered: int | None
    open_rate: float | None
    click_through_rate: float | None
    unsubscribe_rate: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ContactList:
    """A row of `list_engagement`: a list, and how many of those who get its e-mails still click."""

    list: str
    contacts: int
    active: int
    unsubscribed: int
    bounced: int
    clicking: int
    cooling: int
    cold: int
    never_clicked: int
    clicking_share: float | None
    stopped_share: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Recency:
    """How many active contacts of `contact_engagement` last clicked how long ago: active, cooling, cold or never."""

    click_recency: str
    contacts: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Cohort:
    """A row of `engagement_cohorts`: of the contacts that first clicked in one month, how many did in a later one."""

    cohort: date
    month: date
    cohort_size: int
    clickers: int
    retained_share: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Day:
    """A row of `daily_activity`: how many events of one type a day had; `raw_events` includes machines."""

    activity_date: date
    event_type: str
    events: int
    raw_events: int


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
class TimeZone:
    """A row of `reporting_settings`: at whose midnight days and months begin, if the account chose."""

    time_zone: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Sent:
    """What was sent, and what its recipients did with it."""

    campaigns: tuple[Campaign, ...] = ()
    links: tuple[Link, ...] = ()
    messages: tuple[Message, ...] = ()
    responses: tuple[Response, ...] = ()
    automations: tuple[Automation, ...] = ()
    lists: tuple[ContactList, ...] = ()
    recency: tuple[Recency, ...] = ()
    cohorts: tuple[Cohort, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Figures:
    """Everything that the report shows about an account."""

    organization_id: str
    time_zone: str
    periods: tuple[Period, ...]
    sent: Sent
    days: tuple[Day, ...]
    attributed: Mapping[Counting, Attributed]
    completeness: tuple[Completeness, ...]
    freshness: tuple[Freshness, ...]
    times: tuple[Times, ...]
    parameters: Parameters
