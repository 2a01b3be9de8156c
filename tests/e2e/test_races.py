"""Two workers at one campaign, on the embedded adapters."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from threading import Barrier

from sendtrail.clock import Deadline, SystemClock
from sendtrail.delivery.deliver import Outcome
from sendtrail.delivery.services import DeliverySettings, Services
from sendtrail.domain.campaign_report import Report
from sendtrail.domain.messages import Reason, SyncCampaign
from sendtrail.errors import LeaseHeld
from sendtrail.local.duckdb_warehouse import DuckDbWarehouse
from sendtrail.local.state.adoption import open_state
from sendtrail.sync.campaign import CampaignSource, sync_campaign
from tests.fake_account import FakeAccount
from tests.fakes import NOON, MemoryPublisher

WORKERS = 6
OPENS = 500


def a_message() -> SyncCampaign:
    """Return the message that all of them get."""
    return SyncCampaign(
        organization_id="acme",
        campaign_id=1,
        campaign_name="News",
        split=False,
        run_id="run1",
        sequence=1,
        reason=Reason.NEW,
        since=NOON.replace(year=2000),
        counters={"opens": OPENS},
    )


def race(deliver: Callable[[], Outcome]) -> list[Outcome | None]:
    """Let all workers begin at once, and return how each ended: None for one that found the work taken."""
    start = Barrier(WORKERS)

    def run(_: int) -> Outcome | None:
        start.wait()
        try:
            return deliver()
        except LeaseHeld:
            return None

    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(run, range(WORKERS)))


def test_of_workers_racing_for_a_campaign_one_does_it(make_database: Callable[[Path], Path], tmp_path: Path) -> None:
    """The others leave it alone, and every row is there once."""
    account = FakeAccount()
    account.fill(1, Report.OPENS, OPENS)
    clock, tokens = SystemClock(), count()
    database = make_database(tmp_path / "data.duckdb")
    with DuckDbWarehouse(database) as warehouse, open_state(warehouse, clock=clock) as state:
        services = Services(
            state=state,
            publisher=MemoryPublisher(),
            warehouse=warehouse,
            clock=clock,
            new_token=lambda: f"token{next(tokens)}",
            settings=DeliverySettings(flush_rows=50),
        )
        source = CampaignSource(lists=account, reports=account)

        outcomes = race(
            lambda: sync_campaign(a_message(), source=source, services=services, budget=Deadline(clock, budget_s=3_600))
        )

        counts = warehouse.query("SELECT COUNT(*), COUNT(DISTINCT activity_id) FROM marketing_ai.email_activities").rows
        assert next(counts) == (OPENS, OPENS)
    assert outcomes.count(Outcome.DONE) == 1
    assert set(outcomes) <= {Outcome.DONE, Outcome.STALE, None}
