"""The state that an operator's command works on: a DuckDB file's, or that of a project's Firestore."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar
from uuid import uuid4

from rich.console import Console

from sendtrail.cli.extras import require
from sendtrail.cli.operate.accounts import chosen_accounts, connected_accounts, local_accounts
from sendtrail.cli.process.sentences import say
from sendtrail.cli.process.waiting import Patience
from sendtrail.cli.settings.operator_settings import OperatorSettings
from sendtrail.cli.settings.sync_settings import checked_database
from sendtrail.cli.warehouses import open_reader
from sendtrail.clock import Clock
from sendtrail.errors import Busy, SendtrailError, Unavailable
from sendtrail.local.copies.reading import open_or_copy
from sendtrail.local.duckdb_reader import run_query
from sendtrail.local.duckdb_warehouse import DuckDbWarehouse
from sendtrail.local.state.adoption import open_state, state_in
from sendtrail.ports import State
from sendtrail.warehouse.query_result import Query

T = TypeVar("T")

logger = logging.getLogger(__name__)

_UNREADABLE = "SELECT organization_id, COUNT(*) AS number FROM {dataset}.unreadable_rows GROUP BY organization_id"
_A_SYNC = (
    "if that is a sync, Ctrl-C or SIGTERM ends it and nothing is lost; or let this command wait with --wait SECONDS"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Backend:
    """The state of some accounts, and how a person calls the place.

    `unreadable_rows` counts, by account, the rows that could not be understood; of none where nobody can tell.
    """

    state: State
    accounts: Sequence[str]
    where: str
    unreadable_rows: Callable[[], Mapping[str, int]] = dict

    def chosen(self, settings: OperatorSettings, *, every: bool = False) -> list[str]:
        """Return the accounts that a command is about; raise SettingsError where that is not clear."""
        return chosen_accounts(self.accounts, asked=settings.organization, every=every, where=self.where)


@contextmanager
def open_backend(settings: OperatorSettings, *, clock: Clock) -> Iterator[Backend]:
    """Open the state to write to; raise Busy while another program has the file."""
    if settings.project:
        with _project(settings, settings.project, clock=clock) as backend:
            yield backend
        return
    database = checked_database(str(settings.database))
    with ExitStack() as stack:
        warehouse = waiting(settings, clock).run(
            lambda: stack.enter_context(
                DuckDbWarehouse(database, dataset=settings.dataset, clock=clock, has_views=False)
            )
        )
        state = stack.enter_context(open_state(warehouse, clock=clock))
        yield Backend(state=state, accounts=local_accounts(state), where=str(database))


@contextmanager
def open_reader_backend(settings: OperatorSettings, *, clock: Clock) -> Iterator[Backend]:
    """Open the state to read it; while another program writes to the file, a copy of this moment."""
    if settings.project:
        with _project(settings, settings.project, clock=clock) as backend:
            yield replace(backend, unreadable_rows=lambda: _unreadable_in_project(settings, clock))
        return
    database = checked_database(str(settings.database))
    with ExitStack() as stack:
        opened = waiting(settings, clock).run(lambda: stack.enter_context(open_or_copy(database)))
        state = state_in(opened, database, dataset=settings.dataset, clock=clock)
        query = partial(run_query, opened.connection, database)
        yield Backend(
            state=state,
            accounts=local_accounts(state),
            where=str(database),
            unreadable_rows=lambda: _unreadable_in_file(query, settings),
        )


@contextmanager
def _project(settings: OperatorSettings, project_id: str, *, clock: Clock) -> Iterator[Backend]:
    require("gcp")
    from sendtrail.gcp.clients import firestore_client  # noqa: PLC0415  (an extra)
    from sendtrail.gcp.firestore_api import Database  # noqa: PLC0415
    from sendtrail.gcp.firestore_state import FirestoreState  # noqa: PLC0415

    with firestore_client(settings.firestore_emulator_host) as client:
        database = Database(client, project_id=project_id, database=settings.installation)
        state = FirestoreState(database, clock=clock, new_id=lambda: uuid4().hex)
        where = f"project {project_id}"
        try:
            yield Backend(state=state, accounts=connected_accounts(state), where=where)
        except Unavailable as error:  # most often the name is wrong, or the user has no permission
            raise Unavailable(f"{error} (asked: {where}, Firestore database {settings.installation})") from error


class _Waiting(Patience):
    """The patience of an operator, who is told how to get the file."""

    def run(self, attempt: Callable[[], T]) -> T:
        """Return what an attempt returns; raise Busy, with what to do, where the time is over."""
        try:
            return super().run(attempt)
        except Busy as error:
            raise Busy(f"{error}; {_A_SYNC}") from error


def waiting(settings: OperatorSettings, clock: Clock) -> Patience:
    """Return the patience of an operator, who has said how long to wait for the file."""
    return _Waiting(settings.wait, clock=clock, say=partial(say, Console(stderr=True)))


def _unreadable_in_file(query: Query, settings: OperatorSettings) -> Mapping[str, int]:
    with _unknown_without_warehouse() as counts:
        counts.update(_counted(query, settings))
    return counts


def _unreadable_in_project(settings: OperatorSettings, clock: Clock) -> Mapping[str, int]:
    with _unknown_without_warehouse() as counts, open_reader(settings, clock) as query:
        counts.update(_counted(query, settings))
    return counts


@contextmanager
def _unknown_without_warehouse() -> Iterator[dict[str, int]]:
    """Yield counts to fill, which stay empty where the table is not there, or may not be read."""
    try:
        yield {}
    except SendtrailError as error:
        logger.warning("how many rows are unreadable is not known: %s", error)


def _counted(query: Query, settings: OperatorSettings) -> Mapping[str, int]:
    return {str(name): int(rows) for name, rows in query(_UNREADABLE.format(dataset=settings.dataset)).rows}
