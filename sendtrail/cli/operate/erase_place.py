"""Where people are erased: a DuckDB file with the erased list beside it, or a project of Google Cloud."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Protocol

from rich.console import Console

from sendtrail.cli.operate.accounts import synced_accounts
from sendtrail.cli.operate.backend import waiting
from sendtrail.cli.operate.erase_project import open_project_place
from sendtrail.cli.settings.operator_settings import OperatorSettings
from sendtrail.cli.settings.sync_settings import checked_database
from sendtrail.clock import Clock
from sendtrail.erasure.erased_people import ErasedPeople
from sendtrail.erasure.gone_contacts import StoredContact, stored_contacts
from sendtrail.erasure.person import Sighting
from sendtrail.erasure.receipt import ON_ONE_MACHINE
from sendtrail.erasure.sweep import Swept, sightings
from sendtrail.errors import SettingsError
from sendtrail.local.duckdb_warehouse import DuckDbWarehouse
from sendtrail.local.erasure.erased_marker import forget_marker
from sendtrail.local.erasure.list_file import list_path, new_list, write_list
from sendtrail.local.erasure.local_erasure import erased_people, sweep
from sendtrail.local.erasure.people_tables import DuckDbPeopleTables
from sendtrail.local.erasure.rewritten_file import rewrite
from sendtrail.local.pseudonyms.local_pseudonyms import local_pseudonyms
from sendtrail.local.state.adoption import open_state
from sendtrail.local.state.duckdb_state import DuckDbState
from sendtrail.pseudonyms.pseudonyms import Pseudonyms


class ErasurePlace(Protocol):
    """The tables, the state and the erased list of some accounts."""

    @property
    def accounts(self) -> Sequence[str]:
        """Return the accounts of which something is stored."""
        ...

    @property
    def where(self) -> str:
        """Return how a person calls the place."""
        ...

    @property
    def remains(self) -> Sequence[str]:
        """Return what is out of our reach, and for how long."""
        ...

    @property
    def pseudonyms(self) -> Pseudonyms | None:
        """Return the pseudonyms under which people are stored, None where they are stored as they are."""
        ...

    def people(self) -> ErasedPeople:
        """Return the erased list."""
        ...

    def sightings(self, organization_id: str) -> Sequence[Sighting]:
        """Return every way in which somebody is named in the tables."""
        ...

    def store(self, people: ErasedPeople, *, before: ErasedPeople) -> None:
        """Replace the erased list; raise Busy where somebody else has done so since it was `before`."""
        ...

    def sweep(self, organizations: Sequence[str], people: ErasedPeople) -> Mapping[str, Swept]:
        """Delete what is of people on the list."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class LocalPlace:
    """A database file that is open, so that nothing else writes to it."""

    warehouse: DuckDbWarehouse
    state: DuckDbState
    clock: Clock
    pseudonyms: Pseudonyms | None = None
    remains: Sequence[str] = ON_ONE_MACHINE

    @property
    def accounts(self) -> Sequence[str]:
        """Return the accounts of which something was synced."""
        return synced_accounts(self.state)

    @property
    def where(self) -> str:
        """Return the path of the file."""
        return str(self.warehouse.connection.path)

    def people(self) -> ErasedPeople:
        """Return the list beside the file."""
        return erased_people(self.warehouse)

    def sightings(self, organization_id: str) -> Sequence[Sighting]:
        """Return every way in which somebody is named in the file."""
        return sightings(DuckDbPeopleTables(warehouse=self.warehouse), organization_id)

    def contacts(self, organization_id: str) -> Sequence[StoredContact]:
        """Return all stored contacts of an account."""
        return stored_contacts(DuckDbPeopleTables(warehouse=self.warehouse), organization_id)

    def is_unsettled(self) -> bool:
        """Return False: nothing else writes to the file while it is open."""
        return False

    def store(self, people: ErasedPeople, *, before: ErasedPeople) -> None:
        """Replace the list beside the file, which nobody else can do while it is open."""
        del before
        write_list(list_path(self.warehouse.connection.path), people)

    def sweep(self, organizations: Sequence[str], people: ErasedPeople) -> Mapping[str, Swept]:
        """Delete what is of people on the list, also of accounts of which an earlier erasure was killed."""
        every = sorted({*organizations, *self.accounts})
        return sweep(self.warehouse, self.state, every, people, clock=self.clock)


@contextmanager
def open_place(settings: OperatorSettings, *, clock: Clock, has_new_list: bool = False) -> Iterator[ErasurePlace]:
    """Open the place; on leaving it, the file is written anew, so that nothing is left of what was deleted.

    `has_new_list`: the list is lost for good, and another one begins.
    """
    if settings.project and has_new_list:
        raise SettingsError(["--new-list: the list of a project is in Firestore, and is not lost with a file"])
    if settings.project:
        say = Console(stderr=True, soft_wrap=True).print
        with open_project_place(settings, settings.project, clock=clock, say=say) as project:
            yield project
        return
    database = checked_database(str(settings.database))
    patience = waiting(settings, clock)
    with ExitStack() as stack:
        warehouse = patience.run(
            lambda: stack.enter_context(
                DuckDbWarehouse(database, dataset=settings.dataset, clock=clock, has_views=False)
            )
        )
        if has_new_list:
            forget_marker(warehouse)
            write_list(list_path(database), new_list())
        warehouse.create_customer_tables()
        state = stack.enter_context(open_state(warehouse, clock=clock))
        pseudonyms = local_pseudonyms(warehouse, state, settings.pseudonym_key_file)
        place = LocalPlace(warehouse=warehouse, state=state, clock=clock, pseudonyms=pseudonyms)
        yield place
        is_changed = bool(place.people())
    if is_changed:
        patience.run(lambda: rewrite(database))
