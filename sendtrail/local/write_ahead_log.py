"""The log that DuckDB keeps beside a file while it is open, and after a kill: it must be there, and be of this file."""

import logging
from pathlib import Path

import duckdb

from sendtrail.errors import SettingsError
from sendtrail.local.commit_journal import is_broken

logger = logging.getLogger(__name__)

FOREIGN_ENDING = ".foreign"
# What an error about the log contains, in lower case.
_SIGNS = ("replaying wal", "wal file")
_ALONE = (
    "{path} is missing, but {log} is there, the log of its last sync: put {path} back beside it, or move the log away"
    " to begin a new database"
)
_FOREIGN = (
    "{log} is the log of another copy of {path}: `sendtrail sync` sets it aside and reads again what it contained, or"
    " put back the file that it belongs to"
)
_SET_ASIDE = (
    "%s was the log of another copy of %s, so it was not applied and is named %s now. What it contained is read again;"
    " if that sync was asked for more than this one (--all, --since), ask for it again"
)
_LEFT = "{log} could not be moved into {path}, perhaps for want of space: nothing is lost, but a copy needs both files"
_LOST = (
    "%s, the log of a sync of %s that did not come to its end, is gone: what that sync stored last is read again, and"
    " what it was asked for is still wanted"
)


def log_of(path: Path) -> Path:
    """Return the path of a file's log."""
    return path.with_name(path.name + ".wal")


def left_log(path: Path) -> str | None:
    """Return what a log that is still beside a closed file means, None where there is none."""
    log = log_of(path)
    return _LEFT.format(log=log, path=path) if log.exists() else None


def check_that_log_is_not_alone(path: Path) -> None:
    """Raise SettingsError for a log without its file: DuckDB would make a new file, and drop the log."""
    log = log_of(path)
    if log.exists() and not path.exists():
        raise SettingsError([_ALONE.format(path=path, log=log)])


def is_foreign(error: duckdb.Error, path: Path) -> bool:
    """Return whether an error means that a file cannot be opened with the log beside it.

    The file's own name is not looked at: the log of a running program must never be taken for a foreign one.
    """
    text = str(error).replace(str(path), "").lower()
    return any(sign in text for sign in _SIGNS)


def check_applied_log(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Raise SettingsError if the log that was applied to an open file is of another copy."""
    if log_of(path).exists() and is_broken(connection):
        raise foreign_log(path)


def foreign_log(path: Path) -> SettingsError:
    """Return the error about a log of another copy."""
    return SettingsError([_FOREIGN.format(path=path, log=log_of(path))])


def set_aside(path: Path) -> None:
    """Rename the log of another copy, so that the file is opened as it is, and say so."""
    log = log_of(path)
    aside = log.with_name(log.name + FOREIGN_ENDING)
    log.replace(aside)
    logger.warning(_SET_ASIDE, log, path, aside.name)


def say_that_log_is_lost(path: Path) -> None:
    """Log that what followed the opening of the file by the last process is gone."""
    logger.warning(_LOST, log_of(path), path)
