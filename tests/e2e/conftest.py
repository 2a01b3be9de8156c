"""The whole pipeline on this machine against a simulated account, and the comparison with the truth."""

from collections.abc import Callable, Hashable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from sendtrail.activecampaign.http.retries import RetryPolicy
from sendtrail.cli.demo.proof import Diff, compare
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
from sendtrail.cli.run.run_result import RunResult
from sendtrail.cli.run.run_stats import RunStats
from sendtrail.cli.settings.sync_settings import SyncSettings
from sendtrail.simulator import Account, Network, Plan, serve
from tests.fakes import NOON, FakeClock

# More attempts than a run of injected failures is long, whichever requests of other threads come between them.
PERSISTENT = RetryPolicy(attempts=20, total_s=timedelta(days=1).total_seconds(), base_s=0.001)


@dataclass
class Pipeline:
    """An account, the file that it is synced into, and what is known to be true of it."""

    account: Account
    url: str
    database: Path
    make_database: Callable[[Path], Path]
    clock: FakeClock = field(default_factory=lambda: FakeClock(NOON))
    known: set[Hashable] = field(default_factory=set)
    stats: RunStats = field(default_factory=RunStats)

    def settings(self, **options: Any) -> SyncSettings:
        """Return the settings of a sync, everything and as fast as the machine goes unless told otherwise."""
        defaults = {
            "api_url": self.url,
            "api_key": self.account.api_key,
            "database": self.database,
            "requests_per_second": 1_000,
            "all": "since" not in options or None,
            "contacts": True,
        }
        return SyncSettings.read({**defaults, **options})

    def open(self, **options: Any) -> LocalRun:
        """Return a run whose waits take no time."""
        if not self.database.exists():
            self.make_database(self.database)
        return LocalRun(self.settings(**options), clock=self.clock, stats=self.stats, retries=PERSISTENT)

    def sync(self, **options: Any) -> RunResult:
        """Sync, and remember what was there to be read."""
        self.stats = RunStats()
        with self.open(**options) as run:
            result = run.sync(RunObserver())
        self.remember()
        return result

    def remember(self) -> None:
        """Remember what is there to be read."""
        self.known.update(account_activities(self.account.truth()))

    def activities(self) -> list[Hashable]:
        """Return the activities in the file."""
        return self._rows(lambda run: list(stored_activities(_query(run, ACTIVITIES))))

    def contacts(self) -> list[Hashable]:
        """Return the contacts in the file that are not marked deleted."""
        return self._rows(lambda run: list(stored_contacts(_query(run, CONTACTS))))

    def prove(self) -> tuple[Diff, Diff]:
        """Return how the file compares with every state that was there to be read, and with the contacts."""
        return compare(self.known, self.activities()), compare(
            account_contacts(self.account.contacts_truth()), self.contacts()
        )

    def assert_equal(self) -> None:
        """Assert that nothing is missing, nothing extra, nothing twice."""
        activities, contacts = self.prove()
        assert activities.holds, activities
        assert contacts.holds, contacts

    def _rows(self, read: Callable[[LocalRun], list[Hashable]]) -> list[Hashable]:
        with self.open() as run:
            return read(run)


def _query(run: LocalRun, sql: str) -> Any:
    return run.warehouse.query(sql.format(dataset="marketing_ai"), {"organization": "main"}).rows


@pytest.fixture(autouse=True)
def _no_settings_from_elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Leave the developer's own `.env` out of it."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def pipeline(tmp_path: Path, make_database: Callable[[Path], Path]) -> Iterator[Callable[..., Pipeline]]:
    """Return a way to make an account of its own, served until the test ends."""
    with ExitStack() as stack:

        def make(**given: Any) -> Pipeline:
            plan = Plan(campaigns=10, openers=150, contacts=None)
            defaults: dict[str, Any] = {"seed": 5, "now": NOON, "plan": plan, "network": Network(rate=0)}
            account = Account(**(defaults | given))
            url = stack.enter_context(serve(account)).url
            database = tmp_path / "test.duckdb"
            return Pipeline(account=account, url=url, database=database, make_database=make_database)

        yield make
