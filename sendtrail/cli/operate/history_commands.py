"""`sendtrail backfill`, `resync` and `reset`: what is to be read beyond the changes, done by the next runs."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Annotated

import typer

from sendtrail.cli.operate.accounts import typed
from sendtrail.cli.operate.backend import open_backend, open_reader_backend
from sendtrail.cli.operate.history_request import HistoryWish, moment_since, printer, store_wish
from sendtrail.cli.options.expanded import expanded
from sendtrail.cli.options.operator_options import OperatorOptions
from sendtrail.cli.run.output.still_wanted import want_in_words
from sendtrail.cli.settings.operator_settings import OperatorSettings
from sendtrail.cli.settings.sync_settings import BEGINNING
from sendtrail.clock import SystemClock
from sendtrail.domain.wants import StillWanted, Wants, listed
from sendtrail.errors import SettingsError
from sendtrail.ports import State
from sendtrail.state.stored_wants import read_wants, withdraw_wants

app = typer.Typer(
    name="backfill", help="Read what was never read, back to a day: begin, look, take back.", no_args_is_help=True
)
YES = typer.Option("--yes", help="Do not ask.", show_default=False)
SINCE = typer.Option(help="Back to this day (midnight UTC).", metavar="YYYY-MM-DD", show_default=False)


@app.callback()
def _backfill() -> None:
    """Read what was never read, back to a day: begin, look, take back."""


@app.command()
@expanded
def start(
    *,
    since: Annotated[str | None, SINCE] = None,
    everything: Annotated[bool, typer.Option("--all", help="Everything that the account has.")] = False,
    yes: Annotated[bool, YES] = False,
    options: OperatorOptions,
) -> None:
    """Have everything since a day read; what that takes is shown before, and asked about.

    Exit code: 0 when it is stored, 1 when the answer is no, 2 when an option, the account or the file is wrong, 75 when
    another program has the file.
    """
    settings, clock = OperatorSettings.read(asdict(options)), SystemClock()
    moment = moment_since(since, everything=everything, now=clock.now())
    if moment is None:
        raise SettingsError(["--since: name the day back to which is to be read, or add --all"])
    store_wish(HistoryWish(since=moment), settings, clock=clock, is_agreed=yes)


@app.command()
@expanded
def show(*, options: OperatorOptions) -> None:
    """Show what is still wanted of an account.

    Exit code: 0 when it is shown, 2 when an option, the account or the file is wrong, 75 when the file changes too
    fast.
    """
    settings = OperatorSettings.read(asdict(options))
    say = printer()
    with open_reader_backend(settings, clock=SystemClock()) as backend:
        for organization in backend.chosen(settings, every=settings.organization is None):
            wants = listed(wants_of(backend.state, organization))
            for line in [f"still wanted: {want_in_words(want)}" for want in wants] or ["nothing is wanted"]:
                say(f"{organization}: {line}")


@app.command()
@expanded
def cancel(*, options: OperatorOptions) -> None:
    """Take back all that is wanted of an account; what is under way for it stops, and what is stored stays.

    Exit code: 0 when nothing is wanted any more, 2 when an option, the account or the file is wrong, 75 when another
    program has the file.
    """
    settings = OperatorSettings.read(asdict(options))
    say = printer()
    with open_backend(settings, clock=SystemClock()) as backend:
        (organization,) = backend.chosen(settings)
        for line in cancelled_lines(organization, listed(withdraw_wants(backend.state, organization)), settings):
            say(line)


@expanded
def resync(
    campaigns: Annotated[list[int], typer.Argument(help="The ids of campaigns.", metavar="CAMPAIGN...", min=1)],
    *,
    since: Annotated[str | None, SINCE] = None,
    yes: Annotated[bool, YES] = False,
    options: OperatorOptions,
) -> None:
    """Have campaigns read again, whatever is stored of them: back to where they were read to, or to a day.

    Exit code: 0 when it is stored, 1 when the answer is no, 2 when an option, a campaign or the file is wrong, 75 when
    another program has the file.
    """
    settings, clock = OperatorSettings.read(asdict(options)), SystemClock()
    moment = moment_since(since, everything=False, now=clock.now())
    wish = HistoryWish(since=moment, campaign_ids=frozenset(campaigns), again=True)
    store_wish(wish, settings, clock=clock, is_agreed=yes)


@expanded
def reset(*, yes: Annotated[bool, YES] = False, options: OperatorOptions) -> None:
    """Have everything that was read of an account read again, whatever is stored; what that costs is shown before.

    No row is deleted. It is for tables that somebody has changed by hand: what is missing in them comes back.

    Exit code: 0 when it is stored, 1 when the answer is no, 2 when an option, the account or the file is wrong, 75 when
    another program has the file.
    """
    settings, clock = OperatorSettings.read(asdict(options)), SystemClock()
    store_wish(HistoryWish(again=True), settings, clock=clock, is_agreed=yes)


def wants_of(state: State, organization: str) -> Wants:
    """Return what is still wanted of an account."""
    return state.transact(lambda transaction: read_wants(transaction, organization))


def cancelled_lines(organization: str, dropped: list[StillWanted], settings: OperatorSettings) -> Iterator[str]:
    """Yield what was dropped, and how to ask for it again."""
    if not dropped:
        yield f"Nothing was wanted of {organization}."
        return
    for want in dropped:
        yield f"Not wanted any more: {want_in_words(want)}."
    yield "What was read for it stays, and what is under way stops at its next step."
    since = min((want.since for want in dropped if want.since), default=None)
    if since is not None:
        how = "--all" if since <= BEGINNING else f"--since {since:%Y-%m-%d}"
        yield f"To undo it: {typed(f'backfill start {how}', settings, organization=organization)}"
    if any(want.again for want in dropped):
        yield f"To have all read again: {typed('reset', settings, organization=organization)}"
