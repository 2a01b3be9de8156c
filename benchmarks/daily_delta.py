"""Requests of a day's sync: 500,000 new activities over 60 of 1,000 campaigns that hold 5 million."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.account import Options, SimulatedAccount, a_day_ago, simulated
from benchmarks.figures import Figure
from benchmarks.pace import tell
from benchmarks.planted import plant
from benchmarks.syncing import sync
from sendtrail.simulator import News, TruthCampaign

SIZES = {"campaigns": 1_000, "openers": 23_500, "skew": 0.3, "days": 365, "newest_days": 1}
LISTED = 100  # campaigns a request
# Of a hundred events. What ActiveCampaign shows at the end of the day is less: who opens twice has one row.
OPENS, CLICKS, BOUNCES, UNSUBSCRIBES = 84.0, 14.0, 1.0, 0.8


@dataclass(frozen=True, kw_only=True, slots=True)
class Day:
    """How much a day brings: to the newest so many campaigns, so many events in all, shared out by size."""

    campaigns: int = 60
    events: int = 680_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Delta:
    """What a sync asked for, next to the fewest requests there are and to those of reading everything."""

    stored: int
    new: int
    requests: int
    fewest: int
    everything: int


def measure() -> list[Figure]:
    """Return the requests of a day's sync against the fewest, and against reading everything."""
    seen = delta(SIZES, Day())
    return [
        _figure("activities before the day", seen.stored),
        _figure("new activities", seen.new),
        _figure("requests", seen.requests),
        _figure("fewest possible", seen.fewest),
        Figure(scenario="daily delta", name="over the fewest", value=seen.requests / seen.fewest, target=1.10),
        Figure(
            scenario="daily delta",
            name="reading everything, over it",
            value=seen.everything / seen.requests,
            target=8.0,
            bound="at least",
        ),
    ]


def delta(sizes: Options, day: Day) -> Delta:
    """Plant a completed sync, let a day pass, sync, and return what that took."""
    began = a_day_ago(datetime.now(UTC))
    options = {**sizes, "rate": 0, "now": began.isoformat()}
    with simulated(options) as account, tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "bench.duckdb"
        campaigns = account.campaigns()
        plant(database, campaigns, at=began)
        account.pass_told_day(news(campaigns, day))
        sync(account.url, database, "--no-contacts", "--requests-per-second", "1000")
        return _counted(account, began, campaigns=len(campaigns))


def news(campaigns: Sequence[TruthCampaign], day: Day) -> list[News]:
    """Return the news of the newest campaigns that were ever sent, more for the larger ones."""
    newest = [campaign for campaign in campaigns if campaign.sent_at][-day.campaigns :]
    in_all = sum(campaign.counters["uniqueopens"] for campaign in newest)
    return [_news(campaign.id, day.events * campaign.counters["uniqueopens"] / in_all / 100) for campaign in newest]


def _news(campaign_id: int, hundreds: float) -> News:
    return News(
        campaign_id=campaign_id,
        opens=round(hundreds * OPENS),
        clicks=round(hundreds * CLICKS),
        bounces=round(hundreds * BOUNCES),
        unsubscribes=round(hundreds * UNSUBSCRIBES),
        forwards=1,
    )


def _counted(account: SimulatedAccount, began: datetime, *, campaigns: int) -> Delta:
    tell("daily delta", account.arrivals())
    pages, listed = account.pages(began), -(-campaigns // LISTED)
    new = sum(report.new_rows for report in pages)
    return Delta(
        stored=sum(report.rows for report in pages) - new,
        new=new,
        requests=account.stats().requests,
        fewest=sum(report.new_pages for report in pages) + listed,
        everything=sum(report.pages for report in pages) + listed,
    )


def _figure(name: str, value: float) -> Figure:
    return Figure(scenario="daily delta", name=name, value=value)
