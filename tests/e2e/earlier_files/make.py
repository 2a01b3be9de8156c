"""Makes a file of the version that runs it: `python -m tests.e2e.earlier_files.make FILE`."""

import sys
from datetime import UTC, datetime
from pathlib import Path

from sendtrail.cli.run.local_run import LocalRun
from sendtrail.cli.run.run_observer import RunObserver
from sendtrail.cli.run.run_stats import RunStats
from sendtrail.cli.settings.sync_settings import SyncSettings
from sendtrail.clock import ManualClock
from sendtrail.simulator import Account, Network, Plan, serve

# When the file was made, by the clock of the account and of the sync.
MADE_AT = datetime(2025, 6, 1, 12, tzinfo=UTC)
SEED = 5
PLAN = Plan(campaigns=4, openers=25, contacts=None)


def make(database: Path) -> None:
    """Sync an account of a few contacts into a new file."""
    account = Account(seed=SEED, now=MADE_AT, plan=PLAN, network=Network(rate=0))
    with serve(account) as served:
        options = {"api_url": served.url, "api_key": account.api_key, "database": database}
        settings = SyncSettings.read({**options, "requests_per_second": 1_000, "all": True})
        with LocalRun(settings, clock=ManualClock(MADE_AT), stats=RunStats()) as run:
            run.sync(RunObserver())


if __name__ == "__main__":
    make(Path(sys.argv[1]))
