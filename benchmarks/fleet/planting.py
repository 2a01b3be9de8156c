"""What completed syncs of all accounts have left behind when a fleet begins."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from random import Random

from benchmarks.decaying_account import rows_by_report
from benchmarks.fleet.account import Shape, fleet_campaigns
from benchmarks.fleet.clock import MIDNIGHT
from benchmarks.fleet.documents import Documents, PricedState
from benchmarks.planted import write
from sendtrail.clock import ManualClock
from sendtrail.state.documents import connection_path

HOURS_A_DAY = 24


def first_send_of(shape: Shape, share: float) -> datetime:
    """Return when an account's first campaign was sent; the accounts do not send at the same moments."""
    return MIDNIGHT - (shape.campaigns + share) * shape.decay.send_interval


def plant(
    documents: Documents, shape: Shape, organization_id: str, *, share: float, seed: int
) -> Mapping[tuple[int, str], int]:
    """Store the state of an account as of midnight; return its rows by campaign and event type."""
    clock, random = ManualClock(MIDNIGHT), Random(f"{seed}: {organization_id}")
    host, secret = f"https://{organization_id}.api-us1.com", f"projects/p-fleet/secrets/{organization_id}"
    documents.put(connection_path(organization_id), {"apiUrl": host, "apiKeySecret": secret})
    account = fleet_campaigns(shape, clock=clock, first_send=first_send_of(shape, share))
    counters = {each.campaign_id: each.counters for each in account.campaigns()}
    read_whole = {each: MIDNIGHT - timedelta(hours=random.uniform(0, HOURS_A_DAY)) for each in counters}
    write(
        PricedState(documents, clock),
        counters,
        at=MIDNIGHT,
        organization_id=organization_id,
        read_whole=read_whole.__getitem__,
    )
    documents.forget_counts()
    return rows_by_report(counters)
