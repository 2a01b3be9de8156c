"""`sendtrail sync`: an account into a DuckDB file."""

import logging
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.logging import RichHandler

from sendtrail.cli.progress import Bars
from sendtrail.cli.run import LocalRun, RunResult
from sendtrail.cli.settings import SyncSettings
from sendtrail.cli.summary import print_summary
from sendtrail.clock import SystemClock

FAILED, INTERRUPTED = 1, 130
ACCOUNT, REACH, STORE, PACE = "The account", "What is synced", "Where it goes", "How fast"


def _option(words: str, metavar: str, panel: str) -> Any:
    return typer.Option(help=words, metavar=metavar, rich_help_panel=panel, show_default=False)


# Every value is text here: the settings read it, so that all problems are named at once.
_Url = Annotated[str | None, _option("The API URL. Or SENDTRAIL_API_URL.", "URL", ACCOUNT)]
_KeyFile = Annotated[
    str | None,
    _option("A file that holds the API key. Or the key itself in SENDTRAIL_API_KEY, never here.", "FILE", ACCOUNT),
]
_Organization = Annotated[
    str | None, _option("A name for the account, which marks its rows. Default: main.", "NAME", ACCOUNT)
]
_Zone = Annotated[
    str | None, _option("Of timestamps that come without one. Default: America/Chicago.", "ZONE", ACCOUNT)
]
_Since = Annotated[
    str | None, _option("All since this day (midnight in the account's time zone).", "YYYY-MM-DD", REACH)
]
_Lookback = Annotated[
    str | None,
    _option(
        "All of the last N days. Without any of these, a campaign is read back 7 days the first time, and from where "
        "its last sync left off afterwards.",
        "N",
        REACH,
    ),
]
_All = Annotated[bool, typer.Option("--all", help="All that the account has.", rich_help_panel=REACH)]
_Campaign = Annotated[list[str] | None, _option("This campaign only; may be given again.", "ID", REACH)]
_Contacts = Annotated[
    bool | None,
    typer.Option(
        "--contacts/--no-contacts",
        help="Bring in the contacts, in one full pass. Default: --contacts.",
        rich_help_panel=REACH,
        show_default=False,
    ),
]
_Database = Annotated[
    str | None,
    _option(
        "The DuckDB file, made where there is none; the state lies beside it. Default: sendtrail.duckdb.", "FILE", STORE
    ),
]
_Dataset = Annotated[
    str | None, _option("The schema in it that holds the tables. Default: marketing_ai.", "NAME", STORE)
]
_Rate = Annotated[
    str | None,
    _option(
        "The account's API limit, which holds for everything that asks it. ActiveCampaign allows 5. Default: 5.",
        "N",
        PACE,
    ),
]
_KeptFree = Annotated[
    str | None,
    _option("The share of the limit that is left to your other integrations, 0 to 0.9. Default: 0.", "SHARE", PACE),
]
_Concurrency = Annotated[str | None, _option("Campaigns read at a time; they share the budget. Default: 4.", "N", PACE)]
_TimeBudget = Annotated[
    str | None,
    _option(
        "After so long a campaign goes back into the queue, to let others have a turn. Default: 480.", "SECONDS", PACE
    ),
]


def sync(  # noqa: PLR0913  (a parameter an option)
    *,
    api_url: _Url = None,
    api_key_file: _KeyFile = None,
    organization: _Organization = None,
    time_zone: _Zone = None,
    since: _Since = None,
    lookback_days: _Lookback = None,
    everything: _All = False,
    campaign: _Campaign = None,
    contacts: _Contacts = None,
    database: _Database = None,
    dataset: _Dataset = None,
    requests_per_second: _Rate = None,
    share_kept_free: _KeptFree = None,
    concurrency: _Concurrency = None,
    time_budget_s: _TimeBudget = None,
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
    bars = Bars(console)
    with LocalRun(settings, clock=SystemClock(), tally=bars.tally) as run:
        with bars:
            result = run.sync(bars.watcher)
        print_summary(console, run, result=result, tally=bars.tally, settings=settings)
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
