"""People who are erased in a simulated world: their list outlasts any copy of the state that is restored."""

from sendtrail.erasure.person import named_person, whole_person
from sendtrail.erasure.state_traces import clear_state
from sendtrail.erasure.sweep import Sweep, Swept, sightings
from sendtrail.erasure.sweep_twice import Sweeper
from sendtrail.ports import Warehouse
from sendtrail.simulation.cloud.file_store import FileStore
from sendtrail.simulation.cloud.functions import Cloud
from sendtrail.simulation.cloud.process import ServerClock
from sendtrail.simulation.operating.cloud_state import CloudState


class Erasures:
    """The erased list, and how it is carried out."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud, self._clock, self._state = cloud, ServerClock(cloud.scheduler), CloudState(cloud=cloud)

    def erase(self, organization_id: str, contact_id: str) -> None:
        """Erase a contact, as `sendtrail erase` does: it ends when no delivery can bring back what is gone."""
        people = self._cloud.erased_people
        person = whole_person(named_person(contact_id), sightings(self._cloud.people_tables(), organization_id))
        tokens = person.tokens(people, organization_id)
        self._cloud.erased_on_purpose |= tokens
        self._cloud.erased_people = people.plus(tokens)
        sweeper = Sweeper(state=self._state, clock=self._clock, sweep_one=self._sweep, say=self._say)
        sweeper.sweep([organization_id])

    def sweep_all(self) -> None:
        """Delete what is of erased people, as each sync does on one machine before anything else."""
        if isinstance(self._cloud.documents, FileStore) and self._cloud.erased_people:
            for organization_id in self._cloud.contact_ids:
                self._sweep(organization_id)

    def _sweep(self, organization_id: str) -> Swept:
        people = self._cloud.erased_people
        work = Sweep(
            tables=self._cloud.people_tables(),
            warehouse=self._warehouse(),
            state=self._state,
            clock=self._clock,
            id_of_run="erasure",
        )
        rows = work.run(organization_id, people)
        documents = clear_state(self._state, organization_id, people)
        return Swept(rows=rows, state_documents=documents, kept_tables=())

    def _say(self, what: str) -> None:
        self._cloud.trace.add(self._cloud.scheduler.now, "operator", what)

    def _warehouse(self) -> Warehouse:
        return self._cloud.documents.warehouse if isinstance(self._cloud.documents, FileStore) else self._cloud.tables
