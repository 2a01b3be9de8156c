"""Requests of a day's sync: 500,000 new activities over 60 of 1,000 campaigns that hold 5 million."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.account import Options, SimulatedAccount, a_day_ago, simulated
from benchmarks.figures import Figure
from benchmarks.pace import print_requests
from benchmarks.planted import plant
from benchmarks.syncing import sync
from benchmarks.worlds import WORLDS, Still
from sendtrail.simulator import NewActivity, TruthCampaign

SIZES = {"campaigns": 1_000, "openers": 23_500, "skew": 0.3, "days": 365, "newest_days": 1}
CAMPAIGNS_PER_REQUEST = 100
SCENARIO = "daily delta"
# Of a hundred events. ActiveCampaign shows fewer rows at the end of the day: who opens twice has one.
OPENS, CLICKS, BOUNCES, UNSUBSCRIBES = 84.0, 14.0, 1.0, 0.8


@dataclass(frozen=True, kw_only=True, slots=True)
class Day:
    """The activity of a day: `events` in all, spread over the newest `campaigns` by size."""

    campaigns: int = 60
    events: int = 680_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Delta:
    """The requests of a sync, beside the fewest possible and those that read everything."""

    stored: int
    new: int
    requests: int
    fewest: int
    everything: int


def measure() -> list[Figure]:
    """Return the requests of a day's sync in each world, compared with the fewest possible."""
    return [figure for name in WORLDS for figure in _figures(name)]


def _figures(name: str) -> list[Figure]:
    seen, target = delta(SIZES, Day(), WORLDS[name].still), WORLDS[name].target
    over = Figure(scenario=SCENARIO, name=f"{name}: over the fewest", value=seen.requests / seen.fewest, target=target)
    counted = [_figure(f"{name}: requests", seen.requests), _figure("fewest possible", seen.fewest), over]
    if WORLDS[name].still:
        return counted
    return [
        _figure("activities before the day", seen.stored),
        _figure("new activities", seen.new),
        *counted,
        Figure(
            scenario=SCENARIO,
            name="reading everything, over it",
            value=seen.everything / seen.requests,
            target=8.0,
            bound="at least",
        ),
    ]


def delta(sizes: Options, day: Day, still: Still = ()) -> Delta:
    """Plant a completed sync, let a day pass, sync, and return the requests."""
    began = a_day_ago(datetime.now(UTC))
    quirk = {"quirk": f"still_tstamps={'+'.join(still)}"} if still else {}
    options = {**sizes, **quirk, "rate": 0, "now": began.isoformat()}
    with simulated(options) as account, tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "bench.duckdb"
        campaigns = account.campaigns()
        plant(database, campaigns, at=began, still=still)
        account.pass_told_day(day_of_events(campaigns, day))
        sync(account.url, database, "--no-contacts", "--requests-per-second", "1000")
        return _counted(account, began, campaigns=len(campaigns))


def day_of_events(campaigns: Sequence[TruthCampaign], day: Day) -> list[NewActivity]:
    """Return the day's events of the newest campaigns that were ever sent, more for the larger ones."""
    newest = [campaign for campaign in campaigns if campaign.sent_at][-day.campaigns :]
    in_all = sum(campaign.counters["uniqueopens"] for campaign in newest)
    return [
        _campaign_events(campaign.id, day.events * campaign.counters["uniqueopens"] / in_all / 100)
        for campaign in newest
    ]


def _campaign_events(campaign_id: int, hundreds: float) -> NewActivity:
    return NewActivity(
        campaign_id=campaign_id,
        opens=round(hundreds * OPENS),
        clicks=round(hundreds * CLICKS),
        bounces=round(hundreds * BOUNCES),
        unsubscribes=round(hundreds * UNSUBSCRIBES),
        forwards=1,
    )


def _counted(account: SimulatedAccount, began: datetime, *, campaigns: int) -> Delta:
    print_requests("daily delta", account.arrivals())
    pages, listed = account.pages(began), -(-campaigns // CAMPAIGNS_PER_REQUEST)
    new = sum(report.new_rows for report in pages)
    return Delta(
        stored=sum(report.rows for report in pages) - new,
        new=new,
        requests=account.stats().requests,
        fewest=sum(report.new_pages for report in pages) + listed,
        everything=sum(report.pages for report in pages) + listed,
    )


def _figure(name: str, value: float) -> Figure:
    return Figure(scenario=SCENARIO, name=name, value=value)
