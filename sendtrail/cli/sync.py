"""`sendtrail sync`: an account into a DuckDB file."""

import sys
from contextlib import ExitStack
from dataclasses import asdict, replace
from functools import partial

import typer
from rich.console import Console

from sendtrail.cli.accounts.asked_accounts import AskedAccounts, asked_accounts
from sendtrail.cli.accounts.stored_asks import store_asks
from sendtrail.cli.accounts.sync_accounts import sync_accounts
from sendtrail.cli.measure.run_metrics import measured
from sendtrail.cli.notify.notifier import ALL_ACCOUNTS, Notifier
from sendtrail.cli.options.expanded import expanded
from sendtrail.cli.options.sync_options import SyncOptions
from sendtrail.cli.process.exit_codes import DONE, INTERRUPTED
from sendtrail.cli.process.interruption import SENTENCE, CommandProcess, end_at_once, ending_at_once
from sendtrail.cli.process.waiting import Patience
from sendtrail.cli.run.local_run import LocalRun
from sendtrail.cli.run.output.failures import print_failures
from sendtrail.cli.run.output.progress import Bars
from sendtrail.cli.run.output.progress_lines import ProgressLines
from sendtrail.cli.run.output.run_json import written
from sendtrail.cli.run.output.run_log import log_to
from sendtrail.cli.run.output.still_wanted import with_wants
from sendtrail.cli.run.output.summary import print_summary
from sendtrail.cli.run.run_result import RunResult, with_closing
from sendtrail.cli.settings.sync_settings import SyncSettings
from sendtrail.clock import SystemClock
from sendtrail.errors import SettingsError
from sendtrail.local.write_ahead_log import left_log
from sendtrail.metrics.recording import NO_METRICS, Metrics
from sendtrail.telemetry.configured_metrics import sending_metrics

# How long a thread that may send its request waits, at most, for one that computes: a slot is used on time or lost.
SWITCH_INTERVAL_S = 0.0005


@expanded
def sync(context: typer.Context, *, options: SyncOptions) -> None:
    """Bring every open, click, bounce, unsubscribe, forward and contact of an account into a DuckDB file, once each.

    The first run reads what the options say; later ones read only what has changed, with one request per 100 campaigns
    when nothing has. You can interrupt it at any time: the next run continues where it stopped.

    The API URL and key are in ActiveCampaign under Settings > Developer.
    Every option can also be set in the environment or in a file named `.env`, as SENDTRAIL_ and its name in capitals,
    or in `sendtrail.toml`, which `sendtrail init` writes. That file may hold several accounts: all of them are synced,
    one after the other, and none is stopped by the trouble of another.

    Exit code: 0 when all is in, 1 when something is missing (named, with its reason), 2 when an option, a setting or
    the file is wrong, 75 when another program has the file or the account is paused, 130 when it was interrupted. Of
    several accounts, the worst.
    """
    with ending_at_once(context.find_object(CommandProcess)):
        clock = SystemClock()
        notifier = Notifier.configured(clock)
        accounts = _asked_accounts(options, notifier)
        console = Console(stderr=accounts.json_summary)
        log_to(console, accounts.log_format)  # the one that draws the bars, so that neither overwrites the other
        store_asks(accounts, clock=clock)
        with sending_metrics(clock) as metrics:
            run = measured(partial(run_sync, console, metrics=metrics), metrics, clock)
            code = sync_accounts(accounts, run, console=console, notifier=notifier)
        if code == INTERRUPTED:
            console.print(SENTENCE)
        if code != DONE:
            raise typer.Exit(code)


def _asked_accounts(options: SyncOptions, notifier: Notifier) -> AskedAccounts:
    """Return the accounts to sync; where there is none, tell somebody, unless a person has just typed the command."""
    try:
        accounts = asked_accounts(asdict(options))
    except SettingsError as error:
        if not sys.stdout.isatty():
            notifier.after_error(ALL_ACCOUNTS, error)
        raise
    notifier.after_settings()
    return accounts


def run_sync(console: Console, settings: SyncSettings, *, metrics: Metrics = NO_METRICS) -> RunResult:
    """Sync with progress bars, or lines where nobody watches; print the summary and what failed; return the result."""
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    clock = SystemClock()
    bars = Bars(console) if console.is_terminal else ProgressLines(console, clock)
    patience = Patience(settings.wait, clock=clock, say=partial(console.print, markup=False, highlight=False))
    with ExitStack() as stack:
        run = patience.run(
            lambda: stack.enter_context(LocalRun(settings, clock=clock, stats=bars.stats, metrics=metrics))
        )
        with bars:
            observer = replace(bars.observer, on_second_signal=end_at_once)
            result = run.sync(with_wants(console, observer))
        print_summary(console, run, result=result, stats=bars.stats, settings=run.settings)
    result = with_closing(result, left_log(settings.database))
    print_failures(console, result)
    if settings.json_summary:
        typer.echo(written(result, bars.stats))
    return result
