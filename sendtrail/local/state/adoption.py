"""Opens the state of a database, and takes over what an earlier version kept in a file of its own."""

import logging
from datetime import datetime
from pathlib import Path

from sendtrail.clock import Clock
from sendtrail.local.copies.reading import OpenedFile
from sendtrail.local.duckdb_file import READ_MEMORY_LIMIT, open_file
from sendtrail.local.duckdb_warehouse import DuckDbWarehouse
from sendtrail.local.state.duckdb_state import DuckDbState, without_lease
from sendtrail.local.state.memory_state import MemoryState, encoded
from sendtrail.local.state.old_state_file import PAIRING, OldStateFile, identity_in, old_state_file
from sendtrail.local.state.recovery import Documents, depths, is_ahead, wants
from sendtrail.local.state.state_table import stored_documents
from sendtrail.state.personal_data import PERSONAL_DATA_PATH

logger = logging.getLogger(__name__)

_MOVED = "the state of earlier syncs is in %s itself from now on: that one file is all there is to copy"
_FOREIGN = "%s belongs to another database or dataset than %s, and is not used"
_AHEAD = "%s knows of more rows than %s contains: an older copy was restored"
_EMPTIED = "the tables of earlier syncs are not in %s any more"
_AGAIN = "%s contains rows, and no state that fits them: the campaigns of %s are read again from %s on"


def open_state(warehouse: DuckDbWarehouse, *, clock: Clock) -> DuckDbState:
    """Open the state that is in a warehouse's file; raise SettingsError or Unavailable if it cannot be used.

    A file of an earlier version gets its state in one transaction, and the old state file is renamed after that: killed
    in between, the next process goes on.
    """
    state = DuckDbState(warehouse, clock=clock)
    database, identity = warehouse.connection.path, warehouse.identity
    old = OldStateFile(old_state_file(database), clock=clock)
    known = state.documents()
    if identity_in(known) != identity:
        if known:
            logger.warning(_EMPTIED, database)
        documents = _again(known, warehouse, clock.now()) if known else _adopted(old, warehouse, clock.now())
        state.replace_all({**documents, PAIRING: encoded({"id": identity})})
    if old.belongs_to(identity):
        old.retire()
    return state


def read_state(database: Path, *, dataset: str, clock: Clock) -> MemoryState:
    """Return a copy of the state in a database's file, empty where there is none; the file is closed again at once."""
    if not database.exists():
        return MemoryState({}, clock=clock)
    connection = open_file(database, memory_limit=READ_MEMORY_LIMIT, threads=1, is_read_only=True)
    try:
        return state_in(OpenedFile(connection=connection, is_copy=False), database, dataset=dataset, clock=clock)
    finally:
        connection.close()


def state_in(opened: OpenedFile, database: Path, *, dataset: str, clock: Clock) -> MemoryState:
    """Return a copy of the state in a file that is open; leases are those of a process only if one is at work in it."""
    documents = stored_documents(opened.connection, dataset=dataset)
    documents = documents or dict(OldStateFile(old_state_file(database), clock=clock).documents)
    if not opened.is_copy:
        documents = {path: without_lease(path, body) for path, body in documents.items()}
    return MemoryState(dict(documents), clock=clock)


def _adopted(old: OldStateFile, warehouse: DuckDbWarehouse, now: datetime) -> Documents:
    """Return the documents of an earlier version's file, or those that have its rows read again."""
    database = warehouse.connection.path
    if not old.documents:
        return _again({}, warehouse, now)
    if not old.belongs_to(warehouse.identity):
        logger.warning(_FOREIGN, old.path, database)
        return _again({}, warehouse, now)
    if is_ahead(old.documents, warehouse):
        logger.warning(_AHEAD, old.path, database)
        return _again(old.documents, warehouse, now)
    logger.warning(_MOVED, database)
    return {path: without_lease(path, body) for path, body in old.documents.items()}


def _again(documents: Documents, warehouse: DuckDbWarehouse, now: datetime) -> Documents:
    since = depths(documents, warehouse)
    for organization_id, each in since.items():
        logger.warning(_AGAIN, warehouse.connection.path, organization_id, f"{each:%Y-%m-%d}")
    chosen = {path: documents[path] for path in (PERSONAL_DATA_PATH,) if path in documents}
    return {**wants(since, documents, now=now), **chosen}
