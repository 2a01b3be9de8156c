"""Opens the state file, checks whose it is, and turns SQLite's errors into sentences that say what to do."""

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sendtrail.errors import Busy, SendtrailError, SettingsError, Unavailable
from sendtrail.local.private_files import make_private, private_files

logger = logging.getLogger(__name__)

APPLICATION_ID = 0x53544C31  # "STL1", in the header of the file: it is Sendtrail's
SCHEMA_VERSION = 1
BUSY_TIMEOUT_S = 30.0
SILENT_WAIT_S = 1.0

_SCHEMA = """
CREATE TABLE IF NOT EXISTS documents (path TEXT PRIMARY KEY, parent TEXT NOT NULL, body TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS documents_of_a_parent ON documents (parent);
"""
_DAMAGED = (
    "{path} is damaged or is not a state file: move it away and run again. The warehouse keeps what it has, and the"
    " next sync reads again what it cannot skip without the state."
)
_UNUSABLE = (
    "{path} cannot be opened or written: check that its folder exists and may be written, or choose another file"
)
# https://www.sqlite.org/rescode.html
_ERRORS: dict[int, tuple[type[SettingsError] | type[Unavailable] | type[Busy], str]] = {
    sqlite3.SQLITE_NOTADB: (SettingsError, _DAMAGED),
    sqlite3.SQLITE_CORRUPT: (SettingsError, _DAMAGED),
    sqlite3.SQLITE_CANTOPEN: (SettingsError, _UNUSABLE),
    sqlite3.SQLITE_READONLY: (SettingsError, _UNUSABLE),
    sqlite3.SQLITE_PERM: (SettingsError, _UNUSABLE),
    sqlite3.SQLITE_FULL: (
        Unavailable,
        "the disk that holds {path} is full: free some space and run again; nothing is lost",
    ),
    sqlite3.SQLITE_BUSY: (Busy, "{path} is in use by another program: run again when that has ended"),
}


def open_file(path: Path) -> sqlite3.Connection:
    """Open or create a state file; raise SettingsError or Unavailable, and do not change a file of another program."""
    if not path.parent.is_dir():
        raise SettingsError([f"{path.parent} is not a folder: create it, or choose another place for the state file"])
    with translated_errors(path), private_files():  # its logs get the mode of the file
        connection = sqlite3.connect(path, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False)
        try:
            _prepare(connection, path)
            _wait_up_to(SILENT_WAIT_S, connection)
        except BaseException:
            connection.close()
            raise
        return connection


def begin(connection: sqlite3.Connection, path: Path, *, busy_timeout_s: float = BUSY_TIMEOUT_S) -> None:
    """Begin a transaction with the write lock at once: one that reads first may find it taken when it writes.

    A wait of more than a second for another program is logged.
    """
    try:
        connection.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
            raise
    else:
        return
    logger.warning("%s is in use by another program: waiting for it, up to %.0f s", path, busy_timeout_s)
    _wait_up_to(busy_timeout_s, connection)
    try:
        connection.execute("BEGIN IMMEDIATE")
    finally:
        _wait_up_to(SILENT_WAIT_S, connection)


@contextmanager
def translated_errors(path: Path) -> Iterator[None]:
    """Turn SQLite's errors into Sendtrail's, with what to do about them."""
    try:
        yield
    except sqlite3.Error as error:
        raise _translated(path, error) from error


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    _check_owner(connection, path)  # first: setting the journal mode changes the file
    make_private(path, "-wal", "-shm")
    connection.execute("PRAGMA journal_mode = WAL")
    # Commits survive kill -9. A power failure may lose the latest ones, which is harmless: the state is then older
    # than the warehouse, and merging again changes nothing.
    connection.execute("PRAGMA synchronous = NORMAL")
    if _pragma(connection, "user_version") == 0:
        connection.executescript(
            f"BEGIN IMMEDIATE; {_SCHEMA} PRAGMA application_id = {APPLICATION_ID};"
            f" PRAGMA user_version = {SCHEMA_VERSION}; COMMIT;"
        )


def _wait_up_to(seconds: float, connection: sqlite3.Connection) -> None:
    connection.execute(f"PRAGMA busy_timeout = {seconds * 1_000:.0f}")


def _check_owner(connection: sqlite3.Connection, path: Path) -> None:
    is_new = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0
    owner, version = _pragma(connection, "application_id"), _pragma(connection, "user_version")
    if is_new and owner in (0, APPLICATION_ID):
        return
    if owner != APPLICATION_ID:
        raise SettingsError([f"{path} is another program's database: choose another state file"])
    if version > SCHEMA_VERSION:
        raise SettingsError([f"{path} was written by a newer Sendtrail: upgrade this one, or choose another file"])


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    value: int = connection.execute(f"PRAGMA {name}").fetchone()[0]
    return value


def _translated(path: Path, error: sqlite3.Error) -> SendtrailError:
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF  # the primary code of an extended one
    kind, text = _ERRORS.get(code, (Unavailable, "{path} could not be read or written: {error}"))
    sentence = text.format(path=path, error=error)
    return SettingsError([sentence]) if kind is SettingsError else kind(sentence)
