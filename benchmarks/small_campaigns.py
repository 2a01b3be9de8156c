"""How much of the budget is used when every delivery is small: 500 campaigns with one new page each."""

import tempfile
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.account import a_day_ago, simulated
from benchmarks.budget import NETWORK, RATE, Paced
from benchmarks.figures import Figure
from benchmarks.pace import pace, print_requests
from benchmarks.planted import plant
from benchmarks.syncing import sync
from sendtrail.simulator import NewActivity

CAMPAIGNS, WORKERS = 500, 4
# Three pages of old opens, so that the reader has to stop before the end; nothing has happened for days.
SIZES = {"openers": 60, "skew": 0, "days": 365, "newest_days": 70, "kinds": "ordinary"}
NEW_OPENS = 10  # on one page


def measure() -> list[Figure]:
    """Return how much of the limit is used from the first request to the last, and the requests per campaign."""
    seen = small_campaigns(CAMPAIGNS)
    scenario = f"small campaigns, {WORKERS} workers"
    return [
        Figure(scenario=scenario, name="budget used", value=seen.pace.per_second / RATE, target=0.85, bound="at least"),
        Figure(scenario=scenario, name="requests per campaign, with the list", value=seen.pace.requests / CAMPAIGNS),
        Figure(scenario=scenario, name="requests refused (429)", value=seen.pace.refused, target=0),
        Figure(scenario=scenario, name="processor per delivery", value=seen.processor_ms, unit=" ms"),
    ]


def small_campaigns(campaigns: int) -> Paced:
    """Plant a completed sync, let a day bring one page to each campaign, sync, and return the pace and its cost."""
    began = a_day_ago(datetime.now(UTC))
    options = {**NETWORK, **SIZES, "campaigns": campaigns, "now": began.isoformat()}
    with simulated(options) as account, tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "bench.duckdb"
        before = account.campaigns()
        plant(database, before, at=began)
        account.pass_told_day(NewActivity(campaign_id=campaign.id, opens=NEW_OPENS) for campaign in before)
        pacing = ["--requests-per-second", str(RATE), "--concurrency", str(WORKERS)]
        usage = sync(account.url, database, "--no-contacts", *pacing)
        arrivals = account.arrivals()
        print_requests("small campaigns", arrivals)
        return Paced(pace=pace(arrivals), usage=usage)
