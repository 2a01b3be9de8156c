"""Syncs accounts one after the other; what stops one of them leaves the others alone."""

import logging
from collections.abc import Callable

import orjson
import typer
from rich.console import Console

from sendtrail.cli.accounts.asked_accounts import AskedAccounts
from sendtrail.cli.notify.notifier import Notifier
from sendtrail.cli.process.error_output import CommandError
from sendtrail.cli.process.exit_codes import INTERRUPTED, MISSING, worst
from sendtrail.cli.run.run_result import RunResult
from sendtrail.cli.settings.sync_settings import SyncSettings
from sendtrail.errors import SendtrailError, SettingsError

logger = logging.getLogger(__name__)

RunSync = Callable[[SyncSettings], RunResult]


def sync_accounts(accounts: AskedAccounts, run_sync: RunSync, *, console: Console, notifier: Notifier) -> int:
    """Sync each account and return the worst exit code; an interruption ends all, and an only one raises its error."""
    if len(accounts.each) == 1:
        ((name, settings),) = accounts.each.items()
        return _exit_code(name, settings, run_sync, notifier)
    codes: list[int] = []
    for name, settings in accounts.each.items():
        console.print(f"\n[bold]{name}[/]")
        error = None
        try:
            codes.append(_exit_code(name, settings, run_sync, notifier))
        except SendtrailError as raised:
            error = CommandError.of(raised)
        except Exception as raised:  # a mistake that one account's data reveals does not stop the others
            logger.exception("%s: this is a fault of Sendtrail, please report it; the next sync tries again", name)
            error = CommandError(title="Stopped:", lines=(f"{type(raised).__name__}: {raised}",), exit_code=MISSING)
        if error is not None:
            codes.append(_said(name, error, console=console, as_json=accounts.json_summary))
        if codes[-1] == INTERRUPTED:
            break
    return worst(codes)


def _exit_code(name: str, settings: SyncSettings | SettingsError, run_sync: RunSync, notifier: Notifier) -> int:
    try:
        if isinstance(settings, SettingsError):
            raise SettingsError(settings.problems)
        result = run_sync(settings)
    except KeyboardInterrupt:  # while the campaigns were being listed, or the second Ctrl-C
        return INTERRUPTED
    except Exception as error:
        notifier.after_error(name, error)
        raise
    notifier.after_run(name, result)
    return result.exit_code


def _said(name: str, error: CommandError, *, console: Console, as_json: bool) -> int:
    error.print_to(console)
    if as_json:
        typer.echo(error_json(name, error))
    return error.exit_code


def error_json(organization: str, error: CommandError) -> str:
    """Return the line of an account whose sync did not come to a summary, as JSON."""
    found = {"organization": organization, "exit_code": error.exit_code, "error": " ".join(error.lines)}
    return orjson.dumps(found).decode()
