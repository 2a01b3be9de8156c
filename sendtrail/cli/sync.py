"""`sendtrail sync`: an account into a DuckDB file."""

import logging
import sys

import typer
from rich.console import Console
from rich.logging import RichHandler

from sendtrail.cli.options import (
    All,
    Campaign,
    Concurrency,
    Contacts,
    Database,
    Dataset,
    KeptFree,
    KeyFile,
    Lookback,
    Organization,
    Rate,
    Since,
    TimeBudget,
    Url,
    Zone,
)
from sendtrail.cli.run.local_run import LocalRun, RunResult
from sendtrail.cli.run.progress import Bars
from sendtrail.cli.run.summary import print_summary
from sendtrail.cli.settings.sync_settings import SyncSettings
from sendtrail.clock import SystemClock

FAILED, INTERRUPTED = 1, 130
# A thread whose slot has come waits so long at most for one that computes: a slot is used on time or not at all.
SWITCH_INTERVAL_S = 0.0005


def sync(  # noqa: PLR0913  (a parameter an option)
    *,
    api_url: Url = None,
    api_key_file: KeyFile = None,
    organization: Organization = None,
    time_zone: Zone = None,
    since: Since = None,
    lookback_days: Lookback = None,
    everything: All = False,
    campaign: Campaign = None,
    contacts: Contacts = None,
    database: Database = None,
    dataset: Dataset = None,
    requests_per_second: Rate = None,
    share_kept_free: KeptFree = None,
    concurrency: Concurrency = None,
    time_budget_s: TimeBudget = None,
) -> None:
    """Bring every open, click, bounce, unsubscribe, forward and contact of an account into a DuckDB file, once each.

    The first run reads what the options say; every later one reads only what has changed, at one request per 100
    campaigns when nothing has. Interrupt it whenever you like: started again, it goes on where it was.

    The API URL and key are in ActiveCampaign under Settings > Developer.
    Every option can also be set in the environment or in a file named `.env`, as SENDTRAIL_ and its name in capitals.

    Exit code: 0 when all is in, 1 when something failed (named, with its reason), 2 when an option or setting is wrong.
    """
    options = {**locals(), "all": everything or None}
    settings = SyncSettings.read({name: value for name, value in options.items() if name != "everything"})
    console = Console()
    _log_to(console)  # the one that draws the bars, so that neither overwrites the other
    result = _unless_interrupted(console, settings)
    if result is None or result.interrupted:
        console.print("Interrupted. Nothing is lost: run the same command again to go on.")
        raise typer.Exit(INTERRUPTED)
    if result.failures:
        raise typer.Exit(FAILED)


def _unless_interrupted(console: Console, settings: SyncSettings) -> RunResult | None:
    try:
        return run_sync(console, settings)
    except KeyboardInterrupt:  # while it was listing the campaigns, or for the second time
        return None


def run_sync(console: Console, settings: SyncSettings) -> RunResult:
    """Sync with progress bars, print the summary and what failed, and return what became of it."""
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    bars = Bars(console)
    with LocalRun(settings, clock=SystemClock(), stats=bars.stats) as run:
        with bars:
            result = run.sync(bars.observer)
        print_summary(console, run, result=result, stats=bars.stats, settings=settings)
    for failure in result.failures:
        what = "contacts" if failure.subject == "contacts" else f"campaign {failure.subject}"
        console.print(f"[bold red]failed[/] {what}: ", end="")
        console.print(failure.reason, markup=False, highlight=False)
    if result.failures:
        console.print("Everything else is in. What failed is tried again by the next sync.")
    return result


def _log_to(console: Console) -> None:
    handler = RichHandler(console=console, show_path=False, show_time=False)
    handler.setFormatter(logging.Formatter("%(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
