"""Requests of a week with four syncs a day, in each meaning of rows' times, beside the fewest possible."""

import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.changed_pages import Fewest, fewest
from benchmarks.figures import Figure
from benchmarks.worlds import WORLDS, Still
from sendtrail.cli.run.local_run import LocalRun
from sendtrail.cli.run.run_observer import RunObserver
from sendtrail.cli.run.run_stats import RunStats
from sendtrail.cli.settings.sync_settings import SyncSettings
from sendtrail.clock import ManualClock
from sendtrail.simulator import Account, CampaignPlan, Network, NewActivity, Plan, Quirks, serve

START = datetime(2025, 6, 1, 12, tzinfo=UTC)
SYNC_EVERY_H = 6
SYNCS_PER_DAY = 24 // SYNC_EVERY_H
WARM_UP_DAYS, DAYS = 2, 7
SETTINGS = {"api_key": "simulated-key", "requests_per_second": 1_000, "all": True, "contacts": False, "concurrency": 1}
SCENARIO = "real days"
# So many that campaigns do not run out of people who have not opened yet.
CONTACTS = 15_000
# Of a hundred events.
OPENS, CLICKS, BOUNCES, UNSUBSCRIBES = 84.0, 14.0, 1.0, 0.8


@dataclass(frozen=True, kw_only=True, slots=True)
class Activity:
    """An account's campaigns, as they begin, and how many events a campaign has on a day by its number."""

    name: str
    sizes: Sequence[CampaignPlan]
    events: Callable[[int, float], float]


@dataclass(frozen=True, kw_only=True, slots=True)
class Week:
    """The requests of a week's syncs, and the fewest possible."""

    requests: int
    by_endpoint: Mapping[str, int]
    fewest: Fewest


STEADY = Activity(
    name="12 campaigns, 1,500 events a day each",
    sizes=[
        CampaignPlan(openers=3_000, clickers=300, bounces=40, unsubscribes=30, sent_days_ago=2 + n) for n in range(12)
    ],
    events=lambda _, __: 1_500,
)
DECAYING = Activity(
    name="40 campaigns with decaying tails",
    sizes=[
        CampaignPlan(
            openers=3_000 + 37 * n,
            clickers=300,
            bounces=40,
            unsubscribes=30,
            sent_days_ago=3 + 2 * (39 - n),
        )
        for n in range(40)
    ],
    events=lambda number, day: 4_000 * 0.75 ** (3 + 2 * (39 - number) + day),
)
ACTIVITIES = (STEADY, DECAYING)


def measure() -> list[Figure]:
    """Return how many times the fewest a week's requests are, in each world and size."""
    return [figure for activity in ACTIVITIES for name in WORLDS for figure in _figures(activity, name)]


def _figures(activity: Activity, name: str) -> list[Figure]:
    still = WORLDS[name].still
    seen = week(activity, still)
    label = f"{activity.name}; {name}"
    print(f"{label}: {dict(seen.by_endpoint)}; {seen.fewest}", file=sys.stderr)
    over_the_fewest = seen.requests / seen.fewest.requests
    checked = seen.requests / seen.fewest.requests_without_foresight if "open" in still else over_the_fewest
    checked_name = "over the fewest without foresight" if "open" in still else "over the fewest"
    return [
        Figure(scenario=SCENARIO, name=f"{label}: requests", value=seen.requests),
        *([Figure(scenario=SCENARIO, name="over the fewest", value=over_the_fewest)] if "open" in still else []),
        Figure(scenario=SCENARIO, name=checked_name, value=checked, target=WORLDS[name].target),
    ]


def week(
    activity: Activity,
    still: Still,
    *,
    days: int = DAYS,
    warm_up_days: int = WARM_UP_DAYS,
) -> Week:
    """Sync an account for a while, then for some days more, and return the requests of these."""
    plan = Plan(sizes=tuple(activity.sizes), contacts=CONTACTS)
    account = Account(seed=5, now=START, plan=plan, quirks=Quirks(still_tstamps=still), network=Network(rate=0))
    with _synced(account) as syncs:
        for number in range(SYNCS_PER_DAY * warm_up_days):
            _pass_hours(account, activity, number)
            syncs.sync()
        before, needed = Counter(account.stats().by_endpoint), Fewest()
        for number in range(SYNCS_PER_DAY * warm_up_days, SYNCS_PER_DAY * (warm_up_days + days)):
            since = account.now
            _pass_hours(account, activity, number)
            needed += _fewest(account, since, is_last_of_day=number % SYNCS_PER_DAY == SYNCS_PER_DAY - 1)
            syncs.sync()
        by_endpoint = Counter(account.stats().by_endpoint) - before
    return Week(requests=sum(by_endpoint.values()), by_endpoint=by_endpoint, fewest=needed)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Syncs:
    """The syncs of an account into one database, on the account's clock."""

    account: Account
    clock: ManualClock
    run: LocalRun

    def sync(self) -> None:
        """Sync; raise RuntimeError where anything failed, as then the requests are no measure."""
        self.clock.advance_to(self.account.now)
        failures = self.run.sync(RunObserver()).failures
        if failures:
            raise RuntimeError(f"the sync of a benchmark failed: {failures[0].reason}")


@contextmanager
def _synced(account: Account) -> Iterator[_Syncs]:
    """Yield the syncs of an account after a first one of all that is there."""
    clock = ManualClock(account.now)
    with serve(account) as server, tempfile.TemporaryDirectory() as folder:
        settings = SyncSettings.read({**SETTINGS, "api_url": server.url, "database": Path(folder) / "bench.duckdb"})
        with LocalRun(settings, clock=clock, stats=RunStats()) as run:
            syncs = _Syncs(account=account, clock=clock, run=run)
            syncs.sync()
            yield syncs


def _fewest(account: Account, since: datetime, *, is_last_of_day: bool) -> Fewest:
    """Return the fewest requests for what came after `since`, in whole seconds."""
    day_began = account.now - timedelta(days=1)
    grown_since = day_began.timestamp() + 1 if is_last_of_day else None
    return fewest(account, since=since.timestamp() + 1, grown_since=grown_since)


def _pass_hours(account: Account, activity: Activity, number: int) -> None:
    day = number / SYNCS_PER_DAY
    hundreds = [
        (campaign.id, activity.events(place, day) / SYNCS_PER_DAY / 100)
        for place, campaign in enumerate(account.campaigns)
    ]
    account.pass_told_day([_of_campaign(*each) for each in hundreds], hours=SYNC_EVERY_H)


def _of_campaign(campaign_id: int, hundreds: float) -> NewActivity:
    return NewActivity(
        campaign_id=campaign_id,
        opens=round(hundreds * OPENS),
        clicks=round(hundreds * CLICKS),
        bounces=round(hundreds * BOUNCES),
        unsubscribes=round(hundreds * UNSUBSCRIBES),
    )
