"""Requests of a sync when nothing has happened since the last one: 5,000 campaigns."""

import tempfile
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.account import a_day_ago, simulated
from benchmarks.figures import Figure
from benchmarks.pace import print_requests
from benchmarks.planted import plant
from benchmarks.syncing import sync
from sendtrail.simulator import Stats

CAMPAIGNS, CAMPAIGNS_PER_REQUEST = 5_000, 100
CONTACT_ENDPOINTS = ("/api/3/contacts", "/api/3/tags", "/api/3/lists")


def measure() -> list[Figure]:
    """Return the requests of a quiet day, those for contacts separately."""
    stats = quiet_day(CAMPAIGNS)
    for_contacts = sum(stats.by_endpoint.get(endpoint, 0) for endpoint in CONTACT_ENDPOINTS)
    return [
        Figure(scenario="quiet day", name=f"requests, {CAMPAIGNS:,} campaigns", value=stats.requests),
        Figure(scenario="quiet day", name="of these for contacts", value=for_contacts),
        Figure(
            scenario="quiet day",
            name="all others",
            value=stats.requests - for_contacts,
            target=CAMPAIGNS / CAMPAIGNS_PER_REQUEST,
        ),
    ]


def quiet_day(campaigns: int) -> Stats:
    """Plant a completed sync of this many campaigns, sync again with contacts, and return the requests."""
    began = a_day_ago(datetime.now(UTC))
    sizes = {"campaigns": campaigns, "openers": 100, "skew": 0.2, "days": 700}
    with simulated({**sizes, "rate": 0}) as account, tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "bench.duckdb"
        plant(database, account.campaigns(), at=began)
        sync(account.url, database, "--requests-per-second", "1000")
        print_requests("quiet day", account.arrivals())
        return account.stats()
