"""Opens the database file, and turns DuckDB's errors into sentences that say what to do."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from sendtrail.errors import Busy, Rejected, SendtrailError, SettingsError, Unavailable
from sendtrail.local.private_files import private_files
from sendtrail.local.write_ahead_log import (
    check_applied_log,
    check_that_log_is_not_alone,
    foreign_log,
    is_foreign,
    log_of,
    set_aside,
)

_MAGIC = b"DUCK"
_MAGIC_OFFSET = 8
_LOCKED, _IN_USE = (
    "could not set lock",
    "{path} is in use by another program{pid}: wait for it, or choose another --database",
)
# https://duckdb.org/docs/stable/internals/storage: a file has three headers, and then blocks of one size; a block is
# smaller only where the program that created the file has chosen that.
HEADER_SIZE = 3 * 4096
ALIAS = "sendtrail_database"
READ_MEMORY_LIMIT = "2GB"
_ENDS_EARLY = "could not read enough bytes"
_DAMAGE = (_ENDS_EARLY, "corrupt database file")
_DAMAGED = "{path} is damaged: restore a copy, or move it away and run `sendtrail sync` with another --database"
_ONLY_TABLES = "can only merge into base tables"
_A_VIEW = "{path} has a view of your own in place of the table: it is not changed; fill what the view reads"
_TRUNCATED = "{path} is damaged: its end is missing. Restore a copy, or choose another --database"
_PID = re.compile(r"PID (\d+)")
# A part of DuckDB's message (in lower case), and what to do about it. https://duckdb.org/docs/stable/connect/concurrency
_OPENING_PROBLEMS = (
    ("different configuration", "{path} is open in this program already: choose another --database"),
    ("version number", "{path} was written by a newer DuckDB: upgrade Sendtrail's, or choose another --database"),
    ("corrupt", _DAMAGED),
    (_ENDS_EARLY, _TRUNCATED),
    ("unique file handle", "{path} is open in this program already: choose another --database"),
    ("permission denied", "{path} may not be written: change its permissions, or choose another --database"),
    ("read-only file system", "{path} may not be written: choose another --database"),
)
_Config = dict[str, str | bool | int | float | list[str]]
_CONFIG: _Config = {
    # Download no extension and attach no other file: everything needed is built in.
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "enable_external_access": False,
    # Packing row groups at each checkpoint would rewrite them again and again: finish() does it once.
    "max_vacuum_tasks": 0,
}
# Where a join finds nothing, DuckDB 2.0 takes sums for smaller than they are, and sorts 162 as one byte: as -94.
_UNGUESSED = "SET GLOBAL disabled_optimizers = 'statistics_propagation'"
_NO_SPACE = ("no space left", "out of disk", "disk full", "file too large", "max_temp_directory_size")
_REFUSED = (duckdb.DataError, duckdb.IntegrityError, duckdb.InvalidInputException)


def open_file(
    path: Path,
    *,
    memory_limit: str,
    threads: int,
    is_read_only: bool = False,
    schemas: Iterable[str] = (),
    folder: Path | None = None,
) -> duckdb.DuckDBPyConnection:
    """Open or create a file; only readers share one. Raise Busy while another program has it, else SettingsError.

    `schemas` are those that the file is going to have, `folder` is the only one that statements may write files to.
    """
    _check_before_opening(path)
    config = {**_CONFIG, "memory_limit": memory_limit, "threads": threads}
    if not is_read_only and log_of(path).exists():
        _set_foreign_log_aside(path, config)
    try:
        with private_files():
            connection = (
                _connect(path, config, is_read_only=is_read_only, schemas=schemas)
                if folder is None
                else _attached(path, config, is_read_only=is_read_only, folder=folder)
            )
    except duckdb.Error as error:
        raise _opening_error(path, error) from error
    try:
        _check_size(connection, path)
        check_applied_log(connection, path)
    except BaseException:
        connection.close()
        raise
    connection.execute("SET GLOBAL TimeZone = 'UTC'")
    connection.execute(_UNGUESSED)
    return connection


def cursor_of(connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """Return a second connection to the same database, which a query may use meanwhile."""
    cursor = connection.cursor()
    [(name,)] = connection.execute("SELECT current_database()").fetchall()
    cursor.execute(f'USE "{name}"')
    return cursor


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


def _set_foreign_log_aside(path: Path, config: _Config) -> None:
    """Look at the file with the log applied in memory alone, as applying it in the file cannot be undone."""
    try:
        with duckdb.connect(path, read_only=True, config=config) as connection:
            check_applied_log(connection, path)
    except SettingsError:
        set_aside(path)
    except duckdb.Error as error:
        if is_foreign(error, path):
            set_aside(path)


def _connect(path: Path, config: _Config, *, is_read_only: bool, schemas: Iterable[str]) -> duckdb.DuckDBPyConnection:
    """Connect to a file under its own name, or under `ALIAS` where one of its schemas has that name."""
    connection = duckdb.connect(path, read_only=is_read_only, config=config)
    rows = connection.execute(
        "SELECT lower(schema_name) FROM duckdb_schemas() WHERE database_name = current_database()"
        " UNION ALL SELECT lower(unnest($schemas))",
        {"schemas": list(schemas)},
    ).fetchall()
    [(name,)] = connection.execute("SELECT lower(current_database())").fetchall()
    if (name,) not in rows:
        return connection
    connection.close()
    return _attached(path, config, is_read_only=is_read_only)


def _attached(
    path: Path, config: _Config, *, is_read_only: bool, folder: Path | None = None
) -> duckdb.DuckDBPyConnection:
    """Connect to a file under another name: for DuckDB, `a.b` is ambiguous where a database and its schema are `a`."""
    beside: _Config = {"temp_directory": f"{path}.tmp", "enable_external_access": True}
    connection = duckdb.connect(":memory:", config={**config, **beside})
    try:
        mode = " (READ_ONLY)" if is_read_only else ""
        connection.execute(f"ATTACH '{_escaped(path)}' AS {ALIAS}{mode}")
        connection.execute(f"USE {ALIAS}")
        if folder is not None:
            connection.execute(f"SET GLOBAL allowed_directories = ['{_escaped(folder)}']")
        connection.execute("SET GLOBAL enable_external_access = false")
    except BaseException:
        connection.close()
        raise
    return connection


def _escaped(path: Path) -> str:
    return str(path).replace("'", "''")


def _check_size(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Raise SettingsError for a file whose end is missing: DuckDB finds that out only when it reads what was there."""
    tables = connection.execute(
        "SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = current_database() AND NOT temporary"
    ).fetchall()
    [(block_size,)] = connection.execute(
        "SELECT any_value(block_size) FROM pragma_database_size() WHERE database_name = current_database()"
    ).fetchall()
    last_block = max((_last_block(connection, schema, table) for schema, table in tables), default=-1)
    if path.stat().st_size < HEADER_SIZE + (last_block + 1) * block_size:
        raise SettingsError([_TRUNCATED.format(path=path)])


def _last_block(connection: duckdb.DuckDBPyConnection, schema: str, table: str) -> int:
    """Return the last block of the file that holds data of a table, -1 if none does."""
    [(block,)] = connection.execute(
        "SELECT max(greatest(block_id, list_max(additional_block_ids))) FROM pragma_storage_info($name)",
        {"name": f'"{schema}"."{table}"'},
    ).fetchall()
    return -1 if block is None else int(block)


def _check_before_opening(path: Path) -> None:
    if not path.parent.is_dir():
        raise SettingsError([f"{path.parent} is not a folder: create it, or choose another --database"])
    if path.is_dir():
        raise SettingsError([f"{path} is a folder: name a file in it as --database"])
    check_that_log_is_not_alone(path)
    if path.exists() and not path.stat().st_size:
        raise SettingsError([f"{path} is empty (0 bytes): restore a copy, or delete it to begin a new database"])
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
    if is_foreign(error, path):
        return foreign_log(path)
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
    if any(sign in str(error).lower() for sign in _DAMAGE):
        return SettingsError([_DAMAGED.format(path=path)])
    if _ONLY_TABLES in str(error).lower():
        return Rejected(_A_VIEW.format(path=path))
    if isinstance(error, _REFUSED):
        return Rejected(f"the warehouse refuses the rows: {_first_line(error)}")
    return Unavailable(f"{path} could not be read or written: {_first_line(error)}")


def _disk_full(path: Path) -> Unavailable:
    return Unavailable(
        f"the disk that holds {path} is full: free some space and run the same command again; nothing is lost"
    )


def _first_line(error: duckdb.Error) -> str:
    return str(error).partition("\n")[0]
