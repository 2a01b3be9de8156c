"""People who are erased in a simulated world: their list outlasts any copy of the state that is restored."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from sendtrail.erasure.person import named_person, whole_person
from sendtrail.erasure.sweep import PeopleTables, Sweep, sightings
from sendtrail.local.erasure.people_tables import DuckDbPeopleTables
from sendtrail.ports import Document, Transaction, Warehouse
from sendtrail.simulation.cloud.file_store import FileStore
from sendtrail.simulation.cloud.functions import Cloud
from sendtrail.simulation.cloud.memory_people import MemoryPeopleTables
from sendtrail.simulation.cloud.process import ServerClock
from sendtrail.simulation.cloud.state_store import Documents

T = TypeVar("T")

KEPT_OPEN_S = 86_400.0
"""How long after an erasure a worker may still merge what it had read before."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _StoredState:
    """The documents as a command of an operator reaches them."""

    documents: Documents
    clock: ServerClock

    def transact(self, work: Callable[[Transaction], T], /) -> T:
        return self.documents.transact(work, now=self.clock.now())

    def children(self, collection: str, /) -> Iterator[tuple[str, Document]]:
        return iter(self.documents.children(collection))


class Erasures:
    """The erased list, and how it is carried out."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud, self._clock = cloud, ServerClock(cloud.scheduler)

    def erase(self, organization_id: str, contact_id: str) -> None:
        """Erase a contact, as `sendtrail erase` does."""
        people = self._cloud.erased_people
        person = whole_person(named_person(contact_id), sightings(self._people_tables(), organization_id))
        self._cloud.erased_people = people.plus(person.tokens(people, organization_id))
        self._cloud.erased_at = self._cloud.scheduler.now
        self.sweep(organization_id)

    def sweep_all(self) -> None:
        """Delete what is of people who were erased lately: a worker may have merged what it had read before."""
        if self._cloud.scheduler.now < self._cloud.erased_at + KEPT_OPEN_S:
            for organization_id in self._cloud.contact_ids:
                self.sweep(organization_id)

    def sweep(self, organization_id: str) -> None:
        """Delete what is of erased people, also what was read before they were."""
        people = self._cloud.erased_people
        if people:
            state = _StoredState(documents=self._cloud.documents, clock=self._clock)
            tables, warehouse = self._people_tables(), self._warehouse()
            sweep = Sweep(tables=tables, warehouse=warehouse, state=state, clock=self._clock, id_of_run="erasure")
            sweep.run(organization_id, people)

    def _warehouse(self) -> Warehouse:
        return self._cloud.documents.warehouse if isinstance(self._cloud.documents, FileStore) else self._cloud.tables

    def _people_tables(self) -> PeopleTables:
        if isinstance(self._cloud.documents, FileStore):
            return DuckDbPeopleTables(warehouse=self._cloud.documents.warehouse)
        return MemoryPeopleTables(warehouse=self._cloud.tables)
