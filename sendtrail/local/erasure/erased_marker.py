"""What a database file says of the erased list beside it: which one it is, and how much of it was carried out."""

from dataclasses import dataclass
from pathlib import Path

import duckdb

from sendtrail.erasure.erased_people import ErasedPeople
from sendtrail.errors import SettingsError
from sendtrail.local.commit_journal import INTERNAL
from sendtrail.local.duckdb_warehouse import DuckDbWarehouse

_TABLE = f'"{INTERNAL}"."erasures"'
_RESTORE = "restore the newest copy of it, or people who were erased would be read again; nothing was changed"


@dataclass(frozen=True, kw_only=True, slots=True)
class ErasedMarker:
    """The list's key and revision up to which a dataset was swept; `is_rewritten`: no byte is left in free blocks."""

    fingerprint: str
    revision: int
    is_rewritten: bool


def read_marker(connection: duckdb.DuckDBPyConnection, dataset: str) -> ErasedMarker | None:
    """Return the marker, None where nobody was ever erased."""
    try:
        found = connection.execute(
            f"SELECT fingerprint, revision, is_rewritten FROM {_TABLE} WHERE dataset = $dataset", {"dataset": dataset}
        ).fetchone()
    except duckdb.CatalogException:
        return None
    return None if found is None else ErasedMarker(fingerprint=found[0], revision=found[1], is_rewritten=found[2])


def write_marker(connection: duckdb.DuckDBPyConnection, dataset: str, people: ErasedPeople) -> None:
    """Write in the open transaction that a dataset was swept, and that deleted bytes may be left in the file."""
    connection.execute(
        f"CREATE TABLE IF NOT EXISTS {_TABLE}"
        " (dataset VARCHAR, fingerprint VARCHAR, revision BIGINT, is_rewritten BOOLEAN)"
    )
    connection.execute(f"DELETE FROM {_TABLE} WHERE dataset = $dataset", {"dataset": dataset})
    connection.execute(
        f"INSERT INTO {_TABLE} VALUES ($dataset, $fingerprint, $revision, FALSE)",
        {"dataset": dataset, "fingerprint": people.fingerprint, "revision": people.revision},
    )


def mark_rewritten(connection: duckdb.DuckDBPyConnection, *, catalog: str) -> None:
    """Write in a file that holds nothing but live rows that this is so."""
    connection.execute(f'UPDATE "{catalog}".{_TABLE} SET is_rewritten = TRUE')


def check_list(people: ErasedPeople | None, marker: ErasedMarker | None, path: Path) -> None:
    """Raise SettingsError where the list beside a database is not the one by which people were erased from it."""
    if marker is None:
        return
    problem = _problem(people, marker)
    if problem:
        raise SettingsError([f"{path}, the erased list, {problem}: {_RESTORE}"])


def _problem(people: ErasedPeople | None, marker: ErasedMarker) -> str:
    if people is None:
        return "is missing (if it is lost for good: sendtrail erase --new-list)"
    if people.fingerprint != marker.fingerprint:
        return "is that of another database, as its key is another one"
    if people.revision < marker.revision:
        return f"is an older copy (revision {people.revision}, and not {marker.revision})"
    return ""


def forget_marker(warehouse: DuckDbWarehouse) -> None:
    """Forget the list of a database, as it is lost for good."""
    connection = warehouse.connection
    if read_marker(connection.raw, warehouse.dataset):
        which = {"dataset": warehouse.dataset}
        connection.transact(lambda: connection.raw.execute(f"DELETE FROM {_TABLE} WHERE dataset = $dataset", which))
