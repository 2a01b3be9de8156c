"""Accounts that behave otherwise than documented, synced for some days, and what the warehouse holds of them then."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from sendtrail.activecampaign.http.retries import RetryPolicy
from sendtrail.cli.demo.truth import (
    ACTIVITIES,
    CONTACTS,
    account_activities,
    account_contacts,
    stored_activities,
    stored_contacts,
)
from sendtrail.cli.run.local_run import LocalRun
from sendtrail.cli.run.run_observer import RunObserver
from sendtrail.cli.run.run_stats import RunStats
from sendtrail.cli.settings.sync_settings import SyncSettings
from sendtrail.errors import Rejected, Retryable
from sendtrail.simulator import Account, CampaignPlan, Network, Plan, Quirks
from tests.fakes import NOON, FakeClock

DAY = timedelta(days=1)
PLAN = Plan(
    sizes=(
        CampaignPlan(openers=45, clickers=12, links=3, bounces=22, unsubscribes=22, forwards=2, sent_days_ago=5),
        CampaignPlan(kind="split", openers=42, clickers=6, links=1, sent_days_ago=3),
        CampaignPlan(openers=12, clickers=3, links=2, forwards=1, sent_days_ago=30),
        CampaignPlan(kind="draft"),
    ),
    daily_share=0.1,
)
DAYS_OF_CHANGE = 3
# A report is looked at again a day, three days and a week after it changed.
QUIET_DAYS = (1, 2, 4)
PATIENCE = RetryPolicy(attempts=3, total_s=DAY.total_seconds(), base_s=0.001)
GAPS = "SELECT campaign_id, event_type FROM marketing_ai.completeness WHERE gap != 0 OR gap_times != 0"

# A campaign's kind of event.
Subject = tuple[int, str]


def an_account(quirks: Quirks, plan: Plan = PLAN) -> Account:
    """Return an account of these quirks; those of one plan do the same on the same days, as far as quirks let them."""
    return Account(seed=5, now=NOON, plan=plan, quirks=quirks, network=Network(rate=0))


@dataclass(frozen=True, kw_only=True, slots=True)
class Holdings:
    """What a warehouse has in common with its account.

    `missing` are the campaigns' kinds of event of which a row, or the largest count of a contact, is not stored;
    `invented` counts rows that the account never had, `twice` those that are stored more than once. `said` are the
    kinds of event whose counters and rows differ by the view `completeness`.
    """

    missing: frozenset[Subject]
    invented: int
    twice: int
    said: frozenset[Subject]

    @property
    def is_sound(self) -> bool:
        """Return whether nothing is stored that was not there."""
        return not self.invented and not self.twice


@dataclass
class World:
    """An account, the run that syncs it, and what its last sync said."""

    account: Account
    run: LocalRun
    clock: FakeClock
    failures: list[str] = field(default_factory=list)
    _failures_before: int = 0

    def sync(self) -> None:
        """Sync, and keep which subjects failed: the whole account, where not even its campaigns could be listed."""
        try:
            failures = self.run.sync(RunObserver()).failures
        except (Rejected, Retryable) as error:
            self.failures = [f"account: {error}"]
            return
        self.failures = [f"{failure.subject}: {failure.reason}" for failure in failures[self._failures_before :]]
        self._failures_before = len(failures)

    def live(self) -> None:
        """Sync daily while the account changes, and some more times while it does not."""
        self.sync()
        for _ in range(DAYS_OF_CHANGE):
            self.account.pass_day()
            self.clock.advance(DAY.total_seconds())
            self.sync()
        self.rest()

    def rest(self) -> None:
        """Sync as often as reports are looked at again, while nothing changes but rows that come late."""
        if self.account.quirks.deletions_while_reading:
            self.account.settle()
        for days in QUIET_DAYS:
            for _ in range(days):
                self.account.pass_quiet_day()
            self.clock.advance(days * DAY.total_seconds())
            self.sync()

    def holdings(self) -> Holdings:
        """Return how the warehouse compares with the account."""
        stored = list(stored_activities(self._rows(ACTIVITIES)))
        now = {_comparable(row) for row in account_activities(self.account.truth())}
        ever = {_comparable(row) for row in account_activities(self.account.history())}
        rows = [_comparable(row) for row in stored]
        largest = _largest_times(rows)
        wrong = {key for key, times in _largest_times(now).items() if largest.get(key, 0) < times}
        return Holdings(
            missing=frozenset({(row[0], row[2]) for row in now - set(rows)} | {(key[0], key[1]) for key in wrong}),
            invented=len(set(rows) - ever),
            twice=len(stored) - len(set(stored)),
            said=frozenset((campaign_id, event_type) for campaign_id, event_type in self._rows(GAPS)),
        )

    def has_contacts(self) -> bool:
        """Return whether exactly the account's contacts are stored."""
        stored = list(stored_contacts(self._rows(CONTACTS)))
        return sorted(stored, key=repr) == sorted(account_contacts(self.account.contacts_truth()), key=repr)

    def _rows(self, sql: str) -> Iterable[Any]:
        parameters = {"organization": "main"} if "$organization" in sql else {}
        return self.run.warehouse.query(sql.format(dataset="marketing_ai"), parameters).rows


@contextmanager
def world(account: Account, url: str, database: Path, clock: FakeClock) -> Iterator[World]:
    """Open a run of the embedded pipeline for a world."""
    settings = SyncSettings.read(
        {
            "api_url": url,
            "api_key": account.api_key,
            "database": database,
            "requests_per_second": 1_000,
            "all": True,
            "contacts": True,
        }
    )
    with LocalRun(settings, clock=clock, stats=RunStats(), retries=PATIENCE) as run:
        yield World(account=account, run=run, clock=clock)


def _comparable(row: Any) -> tuple[Any, ...]:
    """Return an activity without its message and what else its row says.

    Accounts that need a message to be named show the campaign's rows, and of old rows more is stored than is compared.
    """
    return (row[0], "", *row[2:-1])


def _largest_times(rows: Iterable[tuple[Any, ...]]) -> dict[tuple[Any, ...], int]:
    largest: dict[tuple[Any, ...], int] = {}
    for campaign_id, _, event_type, contact_id, email, _, times, link_id, *_ in rows:
        key = (campaign_id, event_type, contact_id or email, link_id)
        largest[key] = max(times, largest.get(key, 0))
    return largest
