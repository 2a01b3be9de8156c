"""The status of an account, for its operator: one document per account, which the dispatcher and the workers write."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from sendtrail.domain.campaign_report import Report
from sendtrail.domain.timestamp_meaning import TimestampMeaning
from sendtrail.ports import Transaction
from sendtrail.state.documents import account_path, from_document, to_document
from sendtrail.state.run_usage import NO_USAGE, RunUsage


@dataclass(frozen=True, kw_only=True, slots=True)
class AccountStatus:
    """How an account's latest run is going.

    `campaigns_total` is how many campaigns the run had to sync. `activities_synced_today` counts the rows added since
    midnight UTC of the day of `last_sync_date`. `backfill_since` is how far back somebody asked for all campaigns
    to be read; it is stored until all of them were handed out, and each run continues with it. `timestamp_meanings` is
    what the times of each report's rows were observed to mean in this account, `timestamps_observed_at` when.
    `ended_at` is when the last campaign of the run had ended, `usage` what its deliveries took so far.
    `left_out` is how much the dispatcher could not read, and reported: campaigns, and what was wanted before.
    `counted_at` is when what is stored was last compared with the counters of campaigns that change.
    `is_whole`: the run looked at every campaign; `last_success` is when the latest such run began that lacks nothing.
    """

    run_id: str
    last_run: datetime
    campaigns_total: int
    campaigns_completed: int = 0
    campaigns_failed: int = 0
    activities_synced_today: int = 0
    last_sync_date: datetime | None = None
    backfill_since: datetime | None = None
    timestamp_meanings: Mapping[Report, TimestampMeaning] = field(default_factory=dict)
    timestamps_observed_at: datetime | None = None
    is_whole: bool = False
    last_success: datetime | None = None
    ended_at: datetime | None = None
    usage: RunUsage = NO_USAGE
    left_out: int = 0
    counted_at: datetime | None = None

    @property
    def is_finished(self) -> bool:
        """Return whether every campaign of the run has ended."""
        return self.campaigns_left <= 0

    @property
    def campaigns_left(self) -> int:
        """Return how many campaigns of the run have not ended."""
        return self.campaigns_total - self.campaigns_completed - self.campaigns_failed

    @property
    def failures(self) -> int:
        """Return how much of what the run was to bring in is missing."""
        return self.campaigns_failed + self.left_out

    def with_success(self) -> "AccountStatus":
        """Return the status with its run as the last success, where that looked at everything and left nothing out."""
        is_success = self.is_whole and self.is_finished and not self.campaigns_failed
        return replace(self, last_success=self.last_run) if is_success else self

    def with_rows(self, new_rows: int, now: datetime) -> "AccountStatus":
        """Return the status after `new_rows` rows were added at `now`."""
        is_same_day = self.last_sync_date is not None and self.last_sync_date.date() == now.date()
        before = self.activities_synced_today if is_same_day else 0
        return replace(self, activities_synced_today=before + new_rows, last_sync_date=now)


def read_status(transaction: Transaction, organization_id: str) -> AccountStatus | None:
    """Return an account's status, None before its first run."""
    path = account_path(organization_id)
    document = transaction.get(path)
    return None if document is None else from_document(AccountStatus, document, path=path)


def write_status(transaction: Transaction, organization_id: str, status: AccountStatus | None) -> None:
    """Store an account's status; do nothing for None."""
    if status is not None:
        transaction.set(account_path(organization_id), to_document(status))
