"""`sendtrail status` and `sendtrail failures`: how the accounts are, without a request to any of them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import timedelta
from functools import partial
from itertools import repeat
from typing import Annotated

import orjson
import typer
from rich.console import Console

from sendtrail.cli.notify.notifier import Notifier
from sendtrail.cli.operate.backend import Backend, open_reader_backend
from sendtrail.cli.operate.durations import duration
from sendtrail.cli.operate.status_output import failure_line, overdue_lines, print_overviews, written_json
from sendtrail.cli.options.expanded import expanded
from sendtrail.cli.options.operator_options import OperatorOptions
from sendtrail.cli.process.exit_codes import BUSY, DONE, MISSING
from sendtrail.cli.process.sentences import say
from sendtrail.cli.process.streams import ending_when_unread
from sendtrail.cli.settings.operator_settings import OperatorSettings
from sendtrail.clock import Clock, SystemClock
from sendtrail.errors import Busy, SettingsError
from sendtrail.sync.overview.account_overview import AccountOverview, Activity, overview_of

WATCH_S = 5.0
AS_JSON = typer.Option("--json", help="Print JSON.")


@expanded
def status(
    *,
    max_age: Annotated[
        str,
        typer.Option(
            help="For monitors: end with exit code 1 where an account had no complete sync for longer, such as 8h.",
            metavar="DURATION",
            show_default=False,
        ),
    ] = "",
    as_json: Annotated[bool, AS_JSON] = False,
    warehouse: Annotated[
        bool,
        typer.Option("--warehouse", help="Ask BigQuery, too, how many rows are unreadable; it bills a query for that."),
    ] = False,
    watch: Annotated[
        bool, typer.Option("--watch", help="Show it again every few seconds, until Ctrl-C.", show_default=False)
    ] = False,
    notify: Annotated[
        bool,
        typer.Option("--notify", help="Tell the addresses of notifications where an account is older than --max-age."),
    ] = False,
    options: OperatorOptions,
) -> None:
    """Show how each account is: its last complete sync, what is running, due, wanted and unsettled, and what failed.

    No account is asked: all of it is what the runs have stored. While a sync writes to the file, a copy of it is read,
    which takes as much space for that long.

    Exit code: 0 when it is shown and nothing is older than --max-age, 1 when something is, 2 when an option or the file
    is wrong, 75 when only accounts that are paused are older, or the file changes too fast.
    """
    oldest = duration(max_age, option="--max-age") if max_age else None
    if notify and oldest is None:
        raise SettingsError(["--notify: say with --max-age when an account is stale"])
    settings, clock = OperatorSettings.read(asdict(options)), SystemClock()
    look = partial(_look, settings, clock, asks=warehouse or not settings.project)
    if watch:
        if as_json or max_age:
            raise SettingsError(["--watch: leave out --json and --max-age, which are for programs"])
        with ending_when_unread():
            watch_accounts(look, Console(), clock)
        return
    overviews = look()
    if notify and oldest is not None:
        _tell(Notifier.configured(clock), overviews, oldest)
    if as_json:
        typer.echo(written_json(overviews))
    else:
        print_overviews(console := Console(), overviews)
        say(console, *([] if oldest is None else overdue_lines(overviews, oldest)))
    if (code := exit_code(overviews, max_age=oldest)) != DONE:
        raise typer.Exit(code)


@expanded
def failures(*, as_json: Annotated[bool, AS_JSON] = False, options: OperatorOptions) -> None:
    """List what has failed and is still to be brought in, with the reason and what to do about it.

    Exit code: 0 when nothing has failed, 1 when something has, 2 when an option or the file is wrong, 75 when the file
    changes too fast.
    """
    settings, clock = OperatorSettings.read(asdict(options)), SystemClock()
    with open_reader_backend(settings, clock=clock) as backend:
        overviews = _overviews(backend, settings, unreadable={})
    found = [{"organization": each.organization, **asdict(failed)} for each in overviews for failed in each.failures]
    if as_json:
        typer.echo(orjson.dumps(found, option=orjson.OPT_INDENT_2).decode())
    else:
        _print_failures(overviews)
    if found:
        raise typer.Exit(MISSING)


def watch_accounts(
    look: Callable[[], Sequence[AccountOverview]],
    console: Console,
    clock: Clock,
    *,
    times: Iterable[object] = repeat(None),
) -> None:
    """Show the accounts again and again, until somebody interrupts; while they cannot be read, say so and go on.

    A large file that is being written to takes long to copy: looking takes a tenth of the time at most.
    """
    with suppress(KeyboardInterrupt):
        for _ in times:
            began = clock.monotonic()
            try:
                overviews, problem = look(), ""
            except Busy as error:
                overviews, problem = [], str(error)
            took_s = clock.monotonic() - began
            console.clear()
            print_overviews(console, overviews)
            if problem:
                say(console, problem)
            clock.sleep(max(WATCH_S, 9 * took_s))


def _look(settings: OperatorSettings, clock: Clock, *, asks: bool) -> list[AccountOverview]:
    with open_reader_backend(settings, clock=clock) as backend:
        return _overviews(backend, settings, unreadable=backend.unreadable_rows() if asks else {})


def _tell(notifier: Notifier, overviews: Sequence[AccountOverview], max_age: timedelta) -> None:
    """Have somebody told of accounts that are stale, or no longer; not of those that somebody has paused."""
    for each in overviews:
        if each.activity is not Activity.PAUSED:
            notifier.after_look(each.organization, is_fresh=each.is_fresh(max_age), age_s=each.age_s)


def exit_code(overviews: Sequence[AccountOverview], *, max_age: timedelta | None) -> int:
    """Return what a monitor is told: 0 only where every account is fresh enough."""
    stale = [] if max_age is None else [each for each in overviews if not each.is_fresh(max_age)]
    if not stale:
        return DONE
    return BUSY if all(each.activity is Activity.PAUSED for each in stale) else MISSING


def _overviews(backend: Backend, settings: OperatorSettings, *, unreadable: Mapping[str, int]) -> list[AccountOverview]:
    names = backend.chosen(settings, every=settings.organization is None)
    return [overview_of(name, backend.state, unreadable_rows=unreadable.get(name)) for name in names]


def _print_failures(overviews: Sequence[AccountOverview]) -> None:
    console = Console()
    for each in overviews:
        for failed in each.failures:
            say(console, f"{each.organization}: {failure_line(failed)}")
    if not any(each.failures for each in overviews):
        console.print("Nothing has failed.", highlight=False)
