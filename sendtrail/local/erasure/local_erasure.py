"""The erased list of a database as its programs use it: checked, obeyed, and carried out where it is not yet."""

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from uuid import uuid4

from sendtrail.clock import Clock
from sendtrail.erasure.erased_people import ErasedPeople
from sendtrail.erasure.guarded_warehouse import GuardedWarehouse
from sendtrail.erasure.state_traces import clear_state
from sendtrail.erasure.sweep import Sweep, Swept
from sendtrail.errors import SendtrailError
from sendtrail.local.duckdb_file import READ_MEMORY_LIMIT, open_file
from sendtrail.local.duckdb_warehouse import DuckDbWarehouse
from sendtrail.local.erasure.erased_marker import ErasedMarker, check_list, read_marker, write_marker
from sendtrail.local.erasure.list_file import list_path, new_list, read_list
from sendtrail.local.erasure.people_tables import DuckDbPeopleTables
from sendtrail.local.erasure.rewritten_file import rewrite
from sendtrail.local.state.adoption import open_state
from sendtrail.local.state.duckdb_state import DuckDbState

logger = logging.getLogger(__name__)

_ORGANIZATIONS = """
    SELECT organization_id FROM "{dataset}"."email_activities"
    UNION SELECT organization_id FROM "{dataset}"."contacts"
    UNION SELECT organization_id FROM "{dataset}"."campaigns"
    UNION SELECT organization_id FROM "{dataset}"."conversions"
"""


def erased_people(warehouse: DuckDbWarehouse) -> ErasedPeople:
    """Return the list of an open database; raise SettingsError where it is not the one by which people were erased."""
    path = list_path(warehouse.connection.path)
    people = read_list(path)
    check_list(people, read_marker(warehouse.connection.raw, warehouse.dataset), path)
    return people or new_list()


def guarded(warehouse: DuckDbWarehouse, *, clock: Clock) -> GuardedWarehouse:
    """Return a warehouse that stores no row of an erased person: nobody is added while it is open."""
    people = erased_people(warehouse)
    return GuardedWarehouse(inner=warehouse, people=lambda: people, clock=clock)


def sweep(
    warehouse: DuckDbWarehouse, state: DuckDbState, organizations: Sequence[str], people: ErasedPeople, *, clock: Clock
) -> Mapping[str, Swept]:
    """Delete what is of people on the list from an open database, and write there that this was done."""
    warehouse.create_customer_tables()
    swept = {}
    for each in organizations:
        tables = DuckDbPeopleTables(warehouse=warehouse)
        work = Sweep(tables=tables, warehouse=warehouse, state=state, clock=clock, id_of_run=uuid4().hex)
        rows = work.run(each, people)
        documents = clear_state(state, each, people)
        swept[each] = Swept(rows=rows, state_documents=documents, kept_tables=tuple(tables.kept))
    state.forget_versions()
    connection = warehouse.connection
    connection.transact(lambda: write_marker(connection.raw, warehouse.dataset, people))
    return swept


def settle_erasures(database: Path, *, dataset: str, clock: Clock) -> None:
    """Carry out what is not yet: an erasure that was killed, or an older copy of the database that was restored.

    Raise SettingsError where the list is not the database's, Busy where another program has the file.
    """
    people = read_list(list_path(database))
    if people is None or not database.exists():
        return
    marker = _stored_marker(database, dataset)
    check_list(people, marker, list_path(database))
    if people and (marker is None or marker.revision < people.revision):
        _sweep_all(database, people, dataset=dataset, clock=clock)
    elif marker is None or marker.is_rewritten:
        return
    try:
        rewrite(database)
    except SendtrailError as error:
        logger.warning("%s", error)


def _sweep_all(database: Path, people: ErasedPeople, *, dataset: str, clock: Clock) -> None:
    with (
        DuckDbWarehouse(database, dataset=dataset, clock=clock, has_views=False) as warehouse,
        open_state(warehouse, clock=clock) as state,
    ):
        names = [str(name) for (name,) in warehouse.query(_ORGANIZATIONS.format(dataset=dataset)).rows]
        swept = sweep(warehouse, state, names, people, clock=clock)
        if rows := sum(sum(each.rows.values()) for each in swept.values()):
            logger.warning("%s held %d rows of people who were erased: they are deleted again", database, rows)


def _stored_marker(database: Path, dataset: str) -> ErasedMarker | None:
    connection = open_file(database, memory_limit=READ_MEMORY_LIMIT, threads=1, is_read_only=True)
    try:
        return read_marker(connection, dataset)
    finally:
        connection.close()
