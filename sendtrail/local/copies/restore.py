"""Puts a backup in the place of a database; what was there is kept beside it, under a name that says when."""

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sendtrail.errors import SettingsError, Unavailable
from sendtrail.local.copies.backup import copy_whole
from sendtrail.local.copies.file_content import FileContent, StoredAccount, content_of
from sendtrail.local.copies.new_file import ensure_free, new_file, sync_to_disk
from sendtrail.local.duckdb_file import READ_MEMORY_LIMIT, open_file
from sendtrail.local.private_files import private_files
from sendtrail.local.write_ahead_log import log_of
from sendtrail.state.account_identity import MIN_TO_MISS

_ANOTHER = (
    "{path} holds another account as {name} than the backup does ({stored}, and not {backed_up}): choose another"
    " --database; nothing was changed"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class RestorePlan:
    """What a restore would do: `replaced` is None where there is no file yet, or one that cannot be read."""

    backup: FileContent
    replaced: FileContent | None
    replaces: bool

    @property
    def lost_accounts(self) -> list[str]:
        """Return the accounts that the database has and the backup has not."""
        return sorted(set(self._replaced_accounts) - set(self.backup.accounts))

    @property
    def ended_pauses(self) -> list[str]:
        """Return the accounts that are paused now, and would not be any more."""
        return sorted(
            name
            for name, now in self._replaced_accounts.items()
            if now.is_paused and name in self.backup.accounts and not self.backup.accounts[name].is_paused
        )

    @property
    def _replaced_accounts(self) -> Mapping[str, StoredAccount]:
        return self.replaced.accounts if self.replaced else {}


def plan_restore(backup: Path, database: Path) -> RestorePlan:
    """Look at both files; raise SettingsError where the backup must not take the place of the database.

    Raise Busy while another program has the database.
    """
    if not backup.is_file():
        raise SettingsError([f"there is no file {backup}: name a backup"])
    if database.exists() and database.samefile(backup):
        raise SettingsError([f"{backup} is the database itself: name a backup of it"])
    backed_up = content_of(backup)
    replaced = _readable_content(database) if database.exists() else None
    for problem in _foreign_accounts(backed_up, replaced, database):
        raise SettingsError([problem])
    return RestorePlan(backup=backed_up, replaced=replaced, replaces=database.exists())


def restore(backup: Path, database: Path, *, now: datetime) -> Path | None:
    """Put a copy of the backup in the place of a database; return where the file that was there is now.

    Killed at any step, the database is the one before or the restored one.
    """
    aside = database.with_name(f"{database.name}.before-{now:%Y%m%dT%H%M%S.%fZ}")
    ensure_free(aside)
    if not database.exists():
        _set_log_aside(database, aside)
        with new_file(database) as new:
            copy_whole(backup, new)
        return None
    partial = database.with_name(f".{database.name}.restored")
    try:
        with ExitStack() as stack:
            _keep_others_out(stack, database)
            copy_whole(backup, partial)
            sync_to_disk(partial)
            _set_aside(database, aside)
            partial.replace(database)
    except OSError as error:
        raise Unavailable(f"{database} cannot be replaced: {error.strerror or error}") from error
    finally:
        partial.unlink(missing_ok=True)
    return aside


def _readable_content(database: Path) -> FileContent | None:
    """Return what a database has in it, None where it is damaged or no database of Sendtrail at all."""
    try:
        return content_of(database, is_proven=False)
    except SettingsError:
        return None


def _foreign_accounts(backup: FileContent, replaced: FileContent | None, database: Path) -> Iterator[str]:
    for name, account in backup.accounts.items():
        stored = replaced.accounts.get(name) if replaced else None
        if stored is None or stored.identity is None or account.identity is None:
            continue
        one, other = stored.identity, account.identity
        common = one.witnesses.keys() & other.witnesses.keys()
        agreeing = sum(one.witnesses[number] == other.witnesses[number] for number in common)
        is_other_host = one.host != other.host and agreeing < MIN_TO_MISS
        if is_other_host or 2 * agreeing < len(common):
            yield _ANOTHER.format(path=database, name=name, stored=one.host, backed_up=other.host)


def _keep_others_out(stack: ExitStack, database: Path) -> None:
    """Keep the database open, so that no sync begins on the file that is about to be replaced."""
    with suppress(SettingsError):  # a damaged file is replaced all the same
        connection = open_file(database, memory_limit=READ_MEMORY_LIMIT, threads=1, is_read_only=True)
        stack.callback(connection.close)


def _set_aside(database: Path, aside: Path) -> None:
    """Give the database and its log a second name; the log's first one must not meet the restored file."""
    try:
        os.link(database, aside)
    except OSError:  # a file system without links
        with private_files():
            shutil.copyfile(database, aside)
    _set_log_aside(database, aside)


def _set_log_aside(database: Path, aside: Path) -> None:
    with suppress(FileNotFoundError):
        log_of(database).replace(log_of(aside))
