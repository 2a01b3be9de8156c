"""`sendtrail pause` and `sendtrail resume`: an account that is left alone for a while, and loses nothing by it."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Annotated

import typer
from rich.console import Console

from sendtrail.cli.operate.accounts import typed
from sendtrail.cli.operate.backend import open_backend
from sendtrail.cli.options.expanded import expanded
from sendtrail.cli.options.operator_options import OperatorOptions
from sendtrail.cli.plan import shown_duration
from sendtrail.cli.process.sentences import say
from sendtrail.cli.settings.operator_settings import OperatorSettings
from sendtrail.clock import SystemClock
from sendtrail.state.account_pause import AccountPause, pause_account, resume_account

MAX_REASON = 200
EVERY = typer.Option("--all", help="Every account that there is.", show_default=False)


@expanded
def pause(
    *,
    reason: Annotated[
        str, typer.Option(help="Why, for whoever wonders later.", metavar="TEXT", show_default=False)
    ] = "",
    every: Annotated[bool, EVERY] = False,
    options: OperatorOptions,
) -> None:
    """Leave an account alone: it is not asked any more, and nothing of what is wanted of it is lost.

    On Google Cloud nothing is published for it, and workers stop after the page that they are reading. On one machine,
    `sendtrail sync` says that it is paused and ends with exit code 75. `sendtrail resume` ends the pause.

    Exit code: 0 when it is paused, 2 when an option, the account or the file is wrong, 75 when another program has the
    file.
    """
    settings, clock = OperatorSettings.read(asdict(options)), SystemClock()
    with open_backend(settings, clock=clock) as backend:
        for organization in backend.chosen(settings, every=every):
            before = pause_account(backend.state, organization, reason=reason[:MAX_REASON])
            _print(paused_lines(organization, before, settings=settings))


@expanded
def resume(*, every: Annotated[bool, EVERY] = False, options: OperatorOptions) -> None:
    """End the pause of an account: its next run goes on where the last one stopped, with all that is wanted.

    Exit code: 0 when it is not paused any more, 2 when an option, the account or the file is wrong, 75 when another
    program has the file.
    """
    settings, clock = OperatorSettings.read(asdict(options)), SystemClock()
    with open_backend(settings, clock=clock) as backend:
        for organization in backend.chosen(settings, every=every):
            before = resume_account(backend.state, organization)
            _print(resumed_lines(organization, before, settings=settings, now=clock.now()))


def paused_lines(organization: str, before: AccountPause, *, settings: OperatorSettings) -> Iterator[str]:
    """Yield what was done, what follows from it, and how to undo it."""
    if before.is_paused:
        yield f"{organization} was paused already, since {before.since}."
    elif settings.project:
        yield (
            f"{organization} is paused: nothing is published for it, and workers stop after the page that they are "
            "reading. What is wanted of it, and how far it was read, is kept."
        )
    else:
        yield (
            f"{organization} is paused: sendtrail sync does not ask it, and ends with exit code 75. What is wanted of "
            "it, and how far it was read, is kept."
        )
    yield f"To undo it: {typed('resume', settings, organization=organization)}"


def resumed_lines(
    organization: str, before: AccountPause, *, settings: OperatorSettings, now: datetime
) -> Iterator[str]:
    """Yield what was done, what follows from it, and how to undo it."""
    if before.paused_at is None:
        yield f"{organization} is not paused."
        return
    lasted = shown_duration(max((now - before.paused_at).total_seconds(), 0.0))
    start = "terraform output start_now shows how to start one" if settings.project else "sendtrail sync is one"
    yield f"{organization} is resumed after {lasted}: the next run goes on where the last one stopped ({start})."
    yield f"To undo it: {typed('pause', settings, organization=organization)}"


def _print(lines: Iterator[str] | Sequence[str]) -> None:
    say(Console(), *lines)
