"""What `import sendtrail` offers: an account to read from, and a sync into a DuckDB file.

Both take what they need as arguments, and what is not given from the environment and `.env`, as the command does.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Self, TypedDict, Unpack

from sendtrail.activecampaign.account_factory import AccountFactory
from sendtrail.cli.run.local_limits import INTERACTIVE_RETRIES
from sendtrail.cli.run.local_run import LocalRun
from sendtrail.cli.run.run_observer import RunObserver
from sendtrail.cli.run.run_result import Failure, with_closing
from sendtrail.cli.run.run_stats import RunStats
from sendtrail.cli.run.work_record import Fate
from sendtrail.cli.settings.sync_settings import BEGINNING, SyncSettings
from sendtrail.clock import Clock, SystemClock
from sendtrail.domain.activity import Activity, EventType, activity_id, happened_since
from sendtrail.domain.campaign import Campaign, CampaignMessage, Counters
from sendtrail.domain.campaign_report import (
    Report,
    ReportCursor,
    ReportQuery,
    expected_row_count,
    has_changed,
    is_empty,
)
from sendtrail.domain.contact import Contact, ListMembership
from sendtrail.errors import KeyRefused, Rejected, Retryable, SendtrailError, SettingsError
from sendtrail.local.sqlite_state import SqliteState
from sendtrail.local.write_ahead_log import left_log

__all__ = [
    "Account",
    "Activity",
    "Campaign",
    "Contact",
    "EventType",
    "Failure",
    "KeyRefused",
    "ListMembership",
    "Rejected",
    "Retryable",
    "SendtrailError",
    "SettingsError",
    "SyncResult",
    "activity_id",
    "sync_to_duckdb",
]

IN_MEMORY = Path(":memory:")


class AccountArguments(TypedDict, total=False):
    """How an account is reached, and how fast; `time_zone` is that of timestamps that come without one."""

    api_url: str
    api_key: str
    api_key_file: str | Path
    time_zone: str
    requests_per_second: float
    share_kept_free: float


class SyncArguments(AccountArguments, total=False):
    """What is synced, and into which file; each is the option of `sendtrail sync` that has its name."""

    organization: str
    account_moved: bool
    since: date
    lookback_days: int
    all: bool
    campaign: Sequence[int]
    contacts: bool
    max_deleted_share: float
    accept_deletions: bool
    erase_gone_after_days: int
    database: str | Path
    dataset: str
    pseudonym_key_file: str | Path
    concurrency: int
    overlap_hours: int
    recent_overlap_hours: float


class Account:
    """An ActiveCampaign account to read from, within its rate limit; any number of threads may share one.

    `limit_file` is a file through which several processes share the account's limit; without it, the object has the
    limit to itself. `clock` is for tests. Reading raises Retryable where the account does not answer, even after
    several tries, and Rejected where trying again would not help (KeyRefused for a wrong key).
    """

    def __init__(
        self, *, limit_file: str | Path | None = None, clock: Clock | None = None, **arguments: Unpack[AccountArguments]
    ) -> None:
        """Raise SettingsError with every problem of the arguments; nothing is requested yet."""
        connection = SyncSettings.read(dict(arguments), named=str).connection
        clock = clock or SystemClock()
        self._state = SqliteState(Path(limit_file or IN_MEMORY), clock=clock)
        self._reader = AccountFactory(self._state, clock, retries=INTERACTIVE_RETRIES).account(connection)

    def __enter__(self) -> Self:
        """Return the account itself."""
        return self

    def __exit__(self, *exc_info: object) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """Give up the account's rate limit; nothing can be read afterwards."""
        self._state.close()

    def campaigns(self) -> Iterator[Campaign]:
        """Yield every campaign with its counters, once each: one request per 100 campaigns."""
        return self._reader.campaigns()

    def activities(
        self, campaign: Campaign, *, since: datetime | None = None, seen: Counters | None = None
    ) -> Iterator[Activity]:
        """Yield a campaign's opens, clicks, bounces, unsubscribes and forwards since a moment (aware; None: all).

        `seen` are the counters that the campaign had when it was last read: a report is left out where none of its
        counters has changed since. A row that changes while it is read may come twice, with the same `activity_id`.
        """
        reports = [report for report in Report if _is_wanted(report, campaign, seen)]
        split = reports and campaign.split
        messages = self._reader.campaign_messages(campaign.campaign_id) if split else [_whole_campaign(campaign)]
        start = since or BEGINNING
        for report in reports:
            for message in messages:
                for page in self._reader.read(_query(report, campaign, message=message, since=start)):
                    yield from (activity for activity in page.activities if happened_since(activity, start))

    def contacts(self, *, after: int = 0) -> Iterator[Contact]:
        """Yield the contacts with an ID above `after`, in ascending order of their IDs."""
        for page in self._reader.contacts(after):
            yield from page.contacts


@dataclass(frozen=True, kw_only=True, slots=True)
class SyncResult:
    """What a sync did: what is in, rows read (activities by event type), rows new or changed, what is missing.

    Everything that was asked for is in where `failures` is empty.
    """

    campaigns: int
    activities_read: Mapping[str, int]
    activities_new: int
    contacts_read: int
    contacts_changed: int
    requests: int
    failures: Sequence[Failure]


def sync_to_duckdb(**arguments: Unpack[SyncArguments]) -> SyncResult:
    """Sync an account into a DuckDB file, as `sendtrail sync` does, and return what was done.

    What is missing is in the result's `failures`, and the next sync tries it again. Raise SettingsError where an
    argument or the file cannot be used, Retryable where another program has the file, Retryable or Rejected where the
    campaigns cannot be listed, and KeyboardInterrupt after Ctrl-C; what was read until then is kept.
    """
    stats, settings = RunStats(), SyncSettings.read(dict(arguments), named=str)
    with LocalRun(settings, clock=SystemClock(), stats=stats) as run:
        result = run.sync(RunObserver())
    result = with_closing(result, left_log(settings.database))
    if result.interrupted:
        raise KeyboardInterrupt
    return SyncResult(
        campaigns=result.campaigns[Fate.DONE],
        activities_read={str(kind): count for kind, count in stats.activities_read.items()},
        activities_new=stats.activities_new,
        contacts_read=stats.contacts_read,
        contacts_changed=stats.contacts_changed,
        requests=stats.requests,
        failures=result.failures,
    )


def _is_wanted(report: Report, campaign: Campaign, seen: Counters | None) -> bool:
    if is_empty(report, campaign.counters):
        return False
    return seen is None or has_changed(report, now=campaign.counters, before=seen)


def _whole_campaign(campaign: Campaign) -> CampaignMessage:
    return CampaignMessage(message_id="", counters=campaign.counters)


def _query(report: Report, campaign: Campaign, *, message: CampaignMessage, since: datetime) -> ReportQuery:
    return ReportQuery(
        campaign_id=campaign.campaign_id,
        report=report,
        message_id=message.message_id,
        since=since,
        position=ReportCursor(),
        expected_rows=expected_row_count(report, message.counters),
    )
