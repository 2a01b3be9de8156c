"""The journal of a file's commits, in the file itself: whose log is beside it, and how the last process left it.

DuckDB applies whatever log is named like the file, also one of an earlier or later copy of it (versions before 2.0, and
later ones with files that those have created): rows would be there twice, or be missing without a trace. Each commit
therefore names the one before it.
"""

from enum import StrEnum
from secrets import randbits

import duckdb

from sendtrail.local.duckdb_sql import parsed

# A schema that no view reads, for the tables that are of one file rather than of one dataset.
INTERNAL = "sendtrail_internal"
TOKEN_BITS = 62

_TABLE = f'"{INTERNAL}"."commits"'
_BROKEN = f"""
    SELECT count(*)
    FROM (SELECT parent, lag(token) OVER (ORDER BY rowid) AS before FROM {_TABLE})
    WHERE before IS NOT NULL AND parent IS DISTINCT FROM before
"""


class Event(StrEnum):
    """What a commit was for."""

    OPENED = "opened"  # moved to the file at once, so that every later commit is in the log
    WORKING = "working"
    CLOSED = "closed"


def create_journal(connection: duckdb.DuckDBPyConnection) -> None:
    """Create the journal if it is missing."""
    connection.execute(f'CREATE SCHEMA IF NOT EXISTS "{INTERNAL}"')
    connection.execute(f"CREATE TABLE IF NOT EXISTS {_TABLE} (token BIGINT, parent BIGINT, event VARCHAR)")


def record(connection: duckdb.DuckDBPyConnection, event: Event, *, parent: int | None) -> int:
    """Add the current transaction, before it is committed; return its token, the parent of the next one."""
    token = randbits(TOKEN_BITS)
    connection.execute(parsed(f"INSERT INTO {_TABLE} VALUES (?, ?, ?)"), [token, parent, event.value])
    return token


def last_token(connection: duckdb.DuckDBPyConnection) -> int | None:
    """Return the token of the latest commit; None in a new journal."""
    if not _has_journal(connection):
        return None
    row = connection.execute(f"SELECT max_by(token, rowid) FROM {_TABLE}").fetchone()
    return None if row is None else row[0]


def last_event(connection: duckdb.DuckDBPyConnection) -> str | None:
    """Return what the latest commit was for; None in a new file, or one of a version without a journal."""
    if not _has_journal(connection):
        return None
    row = connection.execute(f"SELECT max_by(event, rowid) FROM {_TABLE}").fetchone()
    return None if row is None else row[0]


def is_broken(connection: duckdb.DuckDBPyConnection) -> bool:
    """Return whether a commit does not follow the one before it: the log is of another copy of the file."""
    if not _has_journal(connection):
        return False
    [(gaps,)] = connection.execute(_BROKEN).fetchall()
    return bool(gaps)


def shorten(connection: duckdb.DuckDBPyConnection) -> None:
    """Keep the latest commit alone."""
    connection.execute(f"DELETE FROM {_TABLE} WHERE rowid < (SELECT max(rowid) FROM {_TABLE})")


def _has_journal(connection: duckdb.DuckDBPyConnection) -> bool:
    found = connection.execute(
        "SELECT 1 FROM duckdb_tables()"
        " WHERE database_name = current_database() AND schema_name = $schema AND table_name = 'commits'",
        {"schema": INTERNAL},
    )
    return found.fetchone() is not None
