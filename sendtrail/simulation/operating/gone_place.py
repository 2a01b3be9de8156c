"""Where the contacts worker of a simulated cloud erases who is gone: it may be killed before each of its steps."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sendtrail.clock import Clock
from sendtrail.erasure.erased_people import ErasedPeople
from sendtrail.erasure.gone_contacts import StoredContact, stored_contacts
from sendtrail.erasure.person import Sighting
from sendtrail.erasure.state_traces import clear_state
from sendtrail.erasure.sweep import PeopleTables, Sweep, Swept, sightings
from sendtrail.errors import Busy
from sendtrail.ports import State, Warehouse
from sendtrail.simulation.cloud.process import Process


@dataclass(frozen=True, kw_only=True)
class SimulatedPlace:
    """Satisfies GonePlace for one process; `read_people` and `write_people` are of the erased list."""

    process: Process
    tables: Callable[[], PeopleTables]
    warehouse: Callable[[], Warehouse]
    state: State
    clock: Clock
    read_people: Callable[[], ErasedPeople]
    write_people: Callable[[ErasedPeople], None]

    def contacts(self, organization_id: str) -> Sequence[StoredContact]:
        """Return all stored contacts of an account."""
        self.process.step("reads contacts")
        return stored_contacts(self.tables(), organization_id)

    def is_unsettled(self) -> bool:
        """Return whether anybody was erased: some worker may have had a row of theirs in hand."""
        return bool(self.read_people())

    def people(self) -> ErasedPeople:
        """Return the erased list."""
        return self.read_people()

    def sightings(self, organization_id: str) -> Sequence[Sighting]:
        """Return every way in which somebody is named in the tables."""
        return sightings(self.tables(), organization_id)

    def store(self, people: ErasedPeople, *, before: ErasedPeople) -> None:
        """Replace the list; raise Busy where somebody else has done so since it was `before`."""
        self.process.step("stores the erased list")
        if self.read_people() != before:
            raise Busy("somebody else has changed the erased list (simulated)")
        self.write_people(people)

    def sweep(self, organizations: Sequence[str], people: ErasedPeople) -> Mapping[str, Swept]:
        """Delete what is of people on the list."""
        return {each: self._sweep(each, people) for each in organizations}

    def _sweep(self, organization_id: str, people: ErasedPeople) -> Swept:
        self.process.step("sweeps")
        work = Sweep(
            tables=self.tables(), warehouse=self.warehouse(), state=self.state, clock=self.clock, id_of_run="erasure"
        )
        rows = work.run(organization_id, people)
        self.process.step("clears the state")
        documents = clear_state(self.state, organization_id, people)
        return Swept(rows=rows, state_documents=documents, kept_tables=())
