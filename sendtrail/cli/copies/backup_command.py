"""`sendtrail backup` and `sendtrail restore`: the one file that is the whole, kept and put back."""

import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from sendtrail.cli.operate.history_request import printer
from sendtrail.cli.process.exit_codes import MISSING
from sendtrail.cli.settings.sync_settings import checked_database
from sendtrail.cli.settings.warehouse_settings import DEFAULT_DATABASE, WarehouseSettings
from sendtrail.cli.warehouses import DATABASE
from sendtrail.clock import SystemClock
from sendtrail.errors import SettingsError
from sendtrail.local.commit_journal import INTERNAL
from sendtrail.local.copies.backup import back_up
from sendtrail.local.copies.erased_list import copy_list, newer_list
from sendtrail.local.copies.file_content import FileContent
from sendtrail.local.copies.restore import RestorePlan, plan_restore
from sendtrail.local.copies.restore import restore as put_back
from sendtrail.local.erasure.list_file import list_path, write_list
from sendtrail.local.erasure.local_erasure import settle_erasures

FILE = typer.Argument(help="The file to write; it must not be there yet.", metavar="FILE")
BACKUP = typer.Argument(help="A file that `sendtrail backup` wrote, or any copy of a database.", metavar="BACKUP")
YES = typer.Option("--yes", help="Do not ask.", show_default=False)
_IN_GOOGLE_CLOUD = (
    "--project: on Google Cloud, snapshots and time travel of BigQuery and backups of Firestore do it; docs/runbook.md "
    "has the commands (Back up; Restore an earlier state). Or name a file with --database"
)


def backup(file: Annotated[Path, FILE], *, database: Annotated[str | None, DATABASE] = None) -> None:
    """Copy a database, with the state of its syncs in it, to one file; also while a sync runs.

    Every row of the copy is read before it gets its name, so what is there is whole.

    Exit code: 0 when the backup is there, 2 when an option or a file is wrong, 75 when the database changes too fast.
    """
    source, say = _settings(database).database, printer()
    content = back_up(checked_database(str(source)), file)
    erased_list = copy_list(source, file)
    for line in backup_lines(source, file, content):
        say(line)
    if erased_list is not None:
        say(f"Whom you have erased is in {erased_list.absolute()}: keep it with the backup.")


def restore(
    backup: Annotated[Path, BACKUP],
    *,
    database: Annotated[str | None, DATABASE] = None,
    yes: Annotated[bool, YES] = False,
) -> None:
    """Put a backup in the place of a database, which is kept beside it; the next sync reads what is missing.

    People who were erased since the backup are erased from it as well.

    Exit code: 0 when it is restored, 1 when the answer is no, 2 when an option or a file is wrong, or the backup is of
    another account, 75 when another program has the database.
    """
    settings, say, clock = _settings(database), printer(), SystemClock()
    target = settings.database
    plan, erased = plan_restore(backup, target), newer_list(backup, target)
    for line in plan_lines(plan, backup, target):
        say(line)
    if plan.replaces and not yes and not typer.confirm("Replace it?"):
        raise typer.Exit(MISSING)
    aside = put_back(backup, target, now=clock.now())
    if erased is not None:
        write_list(list_path(target), erased)
    settle_erasures(target, dataset=settings.dataset, clock=clock)
    for line in restored_lines(target, aside):
        say(line)


def backup_lines(database: Path, file: Path, content: FileContent) -> Iterator[str]:
    """Yield what was backed up, and how it is put back."""
    yield f"{database.absolute()} is backed up in {file.absolute()} ({file.stat().st_size / 1e6:,.1f} MB):"
    yield from content_lines(content)
    yield f"To put it back: {_restore(file, database)}"


def content_lines(content: FileContent) -> Iterator[str]:
    """Yield what a file has in it: the accounts, and the rows that people query."""
    for name, account in content.accounts.items():
        where = f" at {account.identity.host}" if account.identity else ""
        synced = f"{account.last_success:%Y-%m-%d %H:%M} UTC" if account.last_success else "never to its end"
        yield f"  account {name}{where}, synced {synced}{', paused' if account.is_paused else ''}"
    rows = {name: count for name, count in content.rows.items() if count and not _is_internal(name)}
    yield f"  {', '.join(f'{count:,} {name}' for name, count in rows.items()) or 'no rows'}"


def plan_lines(plan: RestorePlan, backup: Path, database: Path) -> Iterator[str]:
    """Yield what is going to be put back, and what that replaces."""
    yield f"{backup.absolute()} has:"
    yield from content_lines(plan.backup)
    if not plan.replaces:
        return
    yield f"{database.absolute()} has:"
    yield from content_lines(plan.replaced) if plan.replaced else ["  nothing that can be read"]
    for name in plan.lost_accounts:
        yield f"The account {name} is not in the backup."
    for name in plan.ended_pauses:
        yield f"{name} is paused now, and would not be any more: sendtrail pause --organization {name}"


def restored_lines(database: Path, aside: Path | None) -> Iterator[str]:
    """Yield what was done, what comes next and how to undo it."""
    yield f"{database.absolute()} is restored. The next `sendtrail sync` reads what has happened since."
    if aside is not None:
        yield f"What was there is in {aside.absolute()}: delete it when nothing is missing."
        yield f"To undo it: {_restore(aside, database)}"


def _restore(file: Path, database: Path) -> str:
    to = [] if database == DEFAULT_DATABASE else ["--database", str(database)]
    return shlex.join(["sendtrail", "restore", str(file), *to])


def _is_internal(table: str) -> bool:
    schema = table.partition(".")[0]
    return schema == INTERNAL or schema.endswith("_staging")


def _settings(given: str | None) -> WarehouseSettings:
    settings = WarehouseSettings.read({"database": given})
    if settings.project:
        raise SettingsError([_IN_GOOGLE_CLOUD])
    return settings
