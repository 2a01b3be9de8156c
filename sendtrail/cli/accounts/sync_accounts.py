"""Syncs accounts one after the other; what stops one of them leaves the others alone."""

import logging
from collections.abc import Callable

import orjson
import typer
from rich.console import Console

from sendtrail.cli.accounts.asked_accounts import AskedAccounts
from sendtrail.cli.process.error_output import CommandError
from sendtrail.cli.process.exit_codes import INTERRUPTED, MISSING, worst
from sendtrail.cli.run.run_result import RunResult
from sendtrail.cli.settings.sync_settings import SyncSettings
from sendtrail.errors import SendtrailError, SettingsError

logger = logging.getLogger(__name__)

RunSync = Callable[[SyncSettings], RunResult]


def sync_accounts(accounts: AskedAccounts, run_sync: RunSync, *, console: Console) -> int:
    """Sync each account and return the worst exit code; an interruption ends all, and an only one raises its error."""
    if len(accounts.each) == 1:
        (settings,) = accounts.each.values()
        return _exit_code(settings, run_sync)
    codes: list[int] = []
    for name, settings in accounts.each.items():
        console.print(f"\n[bold]{name}[/]")
        codes.append(_guarded(name, settings, run_sync, console=console, as_json=accounts.json_summary))
        if codes[-1] == INTERRUPTED:
            break
    return worst(codes)


def _guarded(
    name: str, settings: SyncSettings | SettingsError, run_sync: RunSync, *, console: Console, as_json: bool
) -> int:
    try:
        return _exit_code(settings, run_sync)
    except SendtrailError as error:
        printed = CommandError.of(error)
    except Exception as error:  # a mistake that one account's data reveals does not stop the others
        logger.exception("%s: this is a fault of Sendtrail, please report it; the next sync tries again", name)
        printed = CommandError(title="Stopped:", lines=(f"{type(error).__name__}: {error}",), exit_code=MISSING)
    printed.print_to(console)
    if as_json:
        typer.echo(error_json(name, printed))
    return printed.exit_code


def _exit_code(settings: SyncSettings | SettingsError, run_sync: RunSync) -> int:
    if isinstance(settings, SettingsError):
        raise SettingsError(settings.problems)
    try:
        return run_sync(settings).exit_code
    except KeyboardInterrupt:  # while the campaigns were being listed, or the second Ctrl-C
        return INTERRUPTED


def error_json(organization: str, error: CommandError) -> str:
    """Return the line of an account whose sync did not come to a summary, as JSON."""
    found = {"organization": organization, "exit_code": error.exit_code, "error": " ".join(error.lines)}
    return orjson.dumps(found).decode()
