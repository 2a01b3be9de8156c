"""A database file written anew, with nothing but its rows: DuckDB leaves the bytes of deleted rows where they were."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import duckdb

from sendtrail.errors import SettingsError, Unavailable
from sendtrail.local.duckdb_file import is_full, translated_errors
from sendtrail.local.duckdb_sql import literal
from sendtrail.local.erasure.erased_marker import mark_rewritten
from sendtrail.local.private_files import private_files
from sendtrail.local.write_ahead_log import log_of

ENDING = ".rewritten"
_COMMENTS = """
    SELECT schema_name, table_name, column_name, comment FROM duckdb_columns()
    WHERE database_name = $catalog AND comment IS NOT NULL
"""
_TABLES = "SELECT DISTINCT schema_name, table_name FROM duckdb_tables() WHERE database_name = $catalog"


def rewrite(path: Path, *, memory_limit: str = "1GB") -> None:
    """Replace a file by a copy of what is in it, in one step: a kill leaves the one or the other.

    Raise Busy where another program has opened it, Unavailable where there is no room for both of them.
    """
    draft = path.with_name(path.name + ENDING)
    _remove(draft)
    try:
        with translated_errors(path), private_files(), _opened(path, memory_limit) as (connection, catalog):
            # Before there are two of them: DuckDB reads all views to list columns.
            described = connection.execute(_COMMENTS, {"catalog": catalog}).fetchall()
            connection.execute(f"ATTACH {literal(str(draft))} AS rewritten")
            connection.execute(f'COPY FROM DATABASE "{catalog}" TO rewritten')
            _describe(connection, described)
            mark_rewritten(connection, catalog="rewritten")
            connection.execute("DETACH rewritten")
            _check(connection, draft, catalog)
            draft.chmod(path.stat().st_mode & 0o777)
            draft.replace(path)
    except (OSError, Unavailable) as error:
        if isinstance(error, OSError) or is_full(error):
            raise Unavailable(
                f"{path} cannot be written anew, so bytes of deleted rows are left in it: make room for a second copy "
                "of it, and type the same command again"
            ) from error
        raise
    finally:
        _remove(draft)


@contextmanager
def _opened(path: Path, memory_limit: str) -> Iterator[tuple[duckdb.DuckDBPyConnection, str]]:
    """Open a file without its own protection against other files, and yield its name in SQL, too."""
    config: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "memory_limit": memory_limit,
    }
    with duckdb.connect(path, config=config) as connection:
        connection.execute("SET GLOBAL TimeZone = 'UTC'")
        connection.execute("CHECKPOINT")
        [(catalog,)] = connection.execute("SELECT current_database()").fetchall()
        yield connection, str(catalog)


def _describe(connection: duckdb.DuckDBPyConnection, described: Sequence[tuple[str, str, str, str]]) -> None:
    """Write the descriptions of columns, which COPY FROM DATABASE leaves out."""
    connection.execute("BEGIN")
    for *column, comment in described:
        name = ".".join(f'"{part.replace(chr(34), chr(34) * 2)}"' for part in ("rewritten", *column))
        connection.execute(f"COMMENT ON COLUMN {name} IS {literal(comment)}")
    connection.execute("COMMIT")


def _check(connection: duckdb.DuckDBPyConnection, draft: Path, catalog: str) -> None:
    """Compare each table's rows before the earlier file is replaced; raise SettingsError where any are missing."""
    connection.execute(f"ATTACH {literal(str(draft))} AS rewritten (READ_ONLY)")
    for schema, table in connection.execute(_TABLES, {"catalog": catalog}).fetchall():
        name = f'"{schema}"."{table}"'
        [(before, after)] = connection.execute(
            f'SELECT (SELECT count(*) FROM "{catalog}".{name}), (SELECT count(*) FROM rewritten.{name})'
        ).fetchall()
        if before != after:
            raise SettingsError(
                [f"{draft} lacks rows of {schema}.{table}: the database is as it was; please report it"]
            )
    connection.execute("DETACH rewritten")


def _remove(draft: Path) -> None:
    for each in (draft, log_of(draft)):
        with suppress(FileNotFoundError):
            each.unlink()
