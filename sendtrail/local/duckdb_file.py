"""Opens the database file, and turns DuckDB's errors into sentences that say what to do."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from sendtrail.errors import Busy, Rejected, SendtrailError, SettingsError, Unavailable
from sendtrail.local.private_files import private_files

_MAGIC = b"DUCK"
_MAGIC_OFFSET = 8
_LOCKED, _IN_USE = (
    "could not set lock",
    "{path} is in use by another program{pid}: wait for it, or choose another --database",
)
_PID = re.compile(r"PID (\d+)")
# A part of DuckDB's message (in lower case), and what to do about it. https://duckdb.org/docs/stable/connect/concurrency
_OPENING_PROBLEMS = (
    ("different configuration", "{path} is open in this program already: choose another --database"),
    ("version number", "{path} was written by a newer DuckDB: upgrade Sendtrail's, or choose another --database"),
    ("corrupt", "{path} is damaged: restore a copy, or move it away and run `sendtrail sync` with another --database"),
    ("could not read enough", "{path} is damaged: its end is missing. Restore a copy, or choose another --database"),
    ("permission denied", "{path} may not be written: change its permissions, or choose another --database"),
    ("read-only file system", "{path} may not be written: choose another --database"),
)
_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    # Download no extension and attach no other file: everything needed is built in.
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "enable_external_access": False,
    # Packing row groups at each checkpoint would rewrite them again and again: finish() does it once.
    "max_vacuum_tasks": 0,
}
_NO_SPACE = ("no space left", "out of disk", "disk full", "file too large", "max_temp_directory_size")
_REFUSED = (duckdb.DataError, duckdb.IntegrityError, duckdb.InvalidInputException)


def open_file(path: Path, *, memory_limit: str, threads: int, is_read_only: bool = False) -> duckdb.DuckDBPyConnection:
    """Open or create a file; only readers share one. Raise Busy while another program has it, else SettingsError."""
    _check_before_opening(path)
    config = {**_CONFIG, "memory_limit": memory_limit, "threads": threads}
    try:
        with private_files():
            connection = duckdb.connect(path, read_only=is_read_only, config=config)
    except duckdb.Error as error:
        raise _opening_error(path, error) from error
    connection.execute("SET GLOBAL TimeZone = 'UTC'")
    return connection


def finish(connection: duckdb.DuckDBPyConnection) -> None:
    """Move everything from the write-ahead log to the file, and pack its row groups."""
    with private_files():
        connection.execute("RESET GLOBAL max_vacuum_tasks")
        connection.execute("CHECKPOINT")


@contextmanager
def translated_errors(path: Path) -> Iterator[None]:
    """Turn DuckDB's errors into Sendtrail's, with what to do about them; files of the statements are private."""
    try:
        with private_files():
            yield
    except duckdb.Error as error:
        raise _error_in_use(path, error) from error


def is_full(error: BaseException) -> bool:
    """Return whether an error means that the disk is full."""
    text = str(error).lower()
    return any(sign in text for sign in _NO_SPACE)


def _check_before_opening(path: Path) -> None:
    if not path.parent.is_dir():
        raise SettingsError([f"{path.parent} is not a folder: create it, or choose another --database"])
    if path.is_dir():
        raise SettingsError([f"{path} is a folder: name a file in it as --database"])
    if path.exists() and _magic(path) != _MAGIC:  # DuckDB would look for an extension to read it
        raise SettingsError([f"{path} is not a DuckDB database: choose another --database; nothing was changed"])


def _magic(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_MAGIC_OFFSET + len(_MAGIC))[_MAGIC_OFFSET:]
    except OSError as error:
        raise SettingsError([f"{path} cannot be read ({error.strerror}): choose another --database"]) from error


def _opening_error(path: Path, error: duckdb.Error) -> SendtrailError:
    if is_full(error):
        return _disk_full(path)
    text = str(error)
    if _LOCKED in text.lower():
        pid = _PID.search(text)
        return Busy(_IN_USE.format(path=path, pid=f" (pid {pid[1]})" if pid else ""))
    for sign, sentence in _OPENING_PROBLEMS:
        if sign in text.lower():
            return SettingsError([sentence.format(path=path)])
    return SettingsError([f"{path} cannot be opened: {_first_line(error)}"])


def _error_in_use(path: Path, error: duckdb.Error) -> SendtrailError:
    if is_full(error):
        return _disk_full(path)
    if isinstance(error, _REFUSED):
        return Rejected(f"the warehouse refuses the rows: {_first_line(error)}")
    return Unavailable(f"{path} could not be read or written: {_first_line(error)}")


def _disk_full(path: Path) -> Unavailable:
    return Unavailable(f"the disk that holds {path} is full: free some space and run again; nothing is lost")


def _first_line(error: duckdb.Error) -> str:
    return str(error).partition("\n")[0]
