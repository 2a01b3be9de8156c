"""Backs up a database, with the state in it, into one file: of one moment, also while a sync writes to it."""

from pathlib import Path

from sendtrail.local.commit_journal import Event, last_event, last_token, record, shorten
from sendtrail.local.copies.file_content import FileContent, content_of
from sendtrail.local.copies.live_copy import copy_moment
from sendtrail.local.copies.new_file import new_file
from sendtrail.local.duckdb_file import READ_MEMORY_LIMIT, finish, open_file, translated_errors


def back_up(database: Path, target: Path) -> FileContent:
    """Copy a database to a new file, read every row of the copy and return what it has in it.

    Raise SettingsError where the new file is there already, Busy where the database changes too fast for a copy.
    """
    with new_file(target) as partial:
        copy_whole(database, partial)
        return content_of(partial)


def copy_whole(database: Path, target: Path) -> None:
    """Copy a database and its log to one file; raise Busy where it changes too fast."""
    copy_moment(database, target)
    _fold(target)


def _fold(copy: Path) -> None:
    """Move the log of a copy into it, as a process that ends does."""
    connection = open_file(copy, memory_limit=READ_MEMORY_LIMIT, threads=2)
    try:
        with translated_errors(copy):
            if last_event(connection) is not None:
                connection.execute("BEGIN")
                shorten(connection)
                record(connection, Event.CLOSED, parent=last_token(connection))
                connection.execute("COMMIT")
            finish(connection)
    finally:
        connection.close()
