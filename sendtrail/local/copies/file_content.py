"""What a database file of Sendtrail has in it; reading every row is what proves that it can be read."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import duckdb

from sendtrail.errors import BadDocument, SettingsError
from sendtrail.local.commit_journal import INTERNAL
from sendtrail.local.duckdb_file import READ_MEMORY_LIMIT, open_file, translated_errors
from sendtrail.local.duckdb_schema import OLDEST_READER, SCHEMA_VERSION
from sendtrail.local.state.memory_state import decoded
from sendtrail.local.state.state_table import stored_documents
from sendtrail.state.account_identity import AccountIdentity
from sendtrail.state.account_pause import AccountPause
from sendtrail.state.account_status import AccountStatus
from sendtrail.state.documents import account_path, account_pause_path, from_document, identity_path

T = TypeVar("T")

_NOT_OURS = "{path} is no database of Sendtrail: nothing was ever synced into it"
_NEWER = "{path} was written by a newer Sendtrail, which this one cannot read: upgrade this one; nothing was changed"


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredAccount:
    """An account in a file: where it is, when everything of it was in the last time, and whether it is paused."""

    identity: AccountIdentity | None = None
    last_success: datetime | None = None
    is_paused: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class FileContent:
    """How many rows each table has, by its name with the schema, and what is known of each account."""

    rows: Mapping[str, int]
    accounts: Mapping[str, StoredAccount]
    schema_version: int


def content_of(path: Path, *, is_proven: bool = True) -> FileContent:
    """Return what a file has in it; raise SettingsError where it cannot be used, Busy while another program has it.

    `is_proven`: every row is read, so that a damaged block is found now.
    """
    connection = open_file(path, memory_limit=READ_MEMORY_LIMIT, threads=2, is_read_only=True)
    try:
        with translated_errors(path):
            tables = _tables(connection)
            if f"{INTERNAL}.schema_versions" not in tables:
                raise SettingsError([_NOT_OURS.format(path=path)])
            version = _schema_version(connection, path)
            rows = {name: _rows(connection, name, is_proven=is_proven) for name in tables}
            return FileContent(rows=rows, accounts=dict(_accounts(connection)), schema_version=version)
    finally:
        connection.close()


def _tables(connection: duckdb.DuckDBPyConnection) -> list[str]:
    found = connection.execute(
        "SELECT schema_name || '.' || table_name FROM duckdb_tables()"
        " WHERE database_name = current_database() AND NOT temporary ORDER BY ALL"
    )
    return [name for (name,) in found.fetchall()]


def _schema_version(connection: duckdb.DuckDBPyConnection, path: Path) -> int:
    [(version, oldest)] = connection.execute(
        f'SELECT max(version), max(oldest_reader) FROM "{INTERNAL}"."schema_versions"'
    ).fetchall()
    if (oldest or OLDEST_READER) > SCHEMA_VERSION:
        raise SettingsError([_NEWER.format(path=path)])
    return int(version or SCHEMA_VERSION)


def _rows(connection: duckdb.DuckDBPyConnection, name: str, *, is_proven: bool) -> int:
    quoted = ".".join(f'"{part}"' for part in name.split(".", 1))
    read = ", bit_xor(hash(each))" if is_proven else ""
    [(count, *_)] = connection.execute(f"SELECT count(*){read} FROM {quoted} AS each").fetchall()
    return int(count)


def _accounts(connection: duckdb.DuckDBPyConnection) -> Iterator[tuple[str, StoredAccount]]:
    """Yield the accounts of all datasets in the file."""
    for (dataset,) in connection.execute(
        f'SELECT DISTINCT dataset FROM "{INTERNAL}"."state_documents"'
        if f"{INTERNAL}.state_documents" in _tables(connection)
        else "SELECT 'none' WHERE false"
    ).fetchall():
        documents = stored_documents(connection, dataset=dataset)
        prefix = account_path("")
        names = {path.removeprefix(prefix) for path in documents if path.startswith(prefix)}
        names |= {path.removeprefix(identity_path("")) for path in documents if path.startswith(identity_path(""))}
        for name in sorted(each for each in names if "/" not in each):
            yield name, _account(documents, name)


def _account(documents: Mapping[str, str], name: str) -> StoredAccount:
    identity = _read(AccountIdentity, documents.get(identity_path(name)))
    status = _read(AccountStatus, documents.get(account_path(name)))
    pause = _read(AccountPause, documents.get(account_pause_path(name)))
    return StoredAccount(
        identity=identity,
        last_success=status.last_success if status else None,
        is_paused=bool(pause and pause.is_paused),
    )


def _read(kind: type[T], body: str | None) -> T | None:
    if body is not None:
        with suppress(BadDocument):  # it costs what it says, not the copy
            return from_document(kind, decoded(body))
    return None
