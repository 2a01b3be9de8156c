"""Where people are erased on Google Cloud: BigQuery, the erased list in Firestore, its key in Secret Manager."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import uuid4

from sendtrail.cli.erased_list import pseudonym_key_of
from sendtrail.cli.operate.backend import open_backend
from sendtrail.cli.settings.operator_settings import OperatorSettings
from sendtrail.cli.warehouses import bigquery_of
from sendtrail.clock import Clock
from sendtrail.erasure.erased_people import ErasedPeople
from sendtrail.erasure.person import Sighting
from sendtrail.erasure.receipt import ON_GOOGLE_CLOUD
from sendtrail.erasure.state_traces import clear_state
from sendtrail.erasure.stored_people import StoredPeople
from sendtrail.erasure.sweep import Sweep, Swept, sightings
from sendtrail.erasure.sweep_twice import DELIVERY_S, Sweeper
from sendtrail.ports import State
from sendtrail.pseudonyms.pseudonyms import Pseudonyms
from sendtrail.pseudonyms.stored_pseudonyms import stored_pseudonyms

if TYPE_CHECKING:
    from sendtrail.gcp.bigquery_access import Access

# For the question, and for two sweeps.
PATIENCE_S = DELIVERY_S + 3_600.0


@dataclass(frozen=True, kw_only=True, slots=True)
class ProjectPlace:
    """A dataset and the state of its accounts; `key` returns the key of the list, made now if there is none."""

    bigquery: "Access"
    dataset: str
    state: State
    accounts: Sequence[str]
    where: str
    key: Callable[[], str]
    clock: Clock
    say: Callable[[str], None]
    pseudonyms: Pseudonyms | None = None
    remains: Sequence[str] = ON_GOOGLE_CLOUD

    def people(self) -> ErasedPeople:
        """Return the list; an empty one with its key where nobody was erased yet."""
        return StoredPeople(self.state, self.key).with_key()

    def sightings(self, organization_id: str) -> Sequence[Sighting]:
        """Return every way in which somebody is named in the tables."""
        return sightings(self.bigquery.people_tables(self.dataset), organization_id)

    def store(self, people: ErasedPeople, *, before: ErasedPeople) -> None:
        """Replace the list: from now on, every batch obeys it. Raise Busy where somebody else has changed it."""
        if people != before:
            StoredPeople(self.state, self.key).store(people, before=before, clock=self.clock)

    def sweep(self, organizations: Sequence[str], people: ErasedPeople) -> Mapping[str, Swept]:
        """Delete what is of people on the list, and once more what deliveries under way have merged meanwhile."""
        sweeper = Sweeper(
            state=self.state, clock=self.clock, sweep_one=lambda each: self._sweep(each, people), say=self.say
        )
        return sweeper.sweep(organizations)

    def _sweep(self, organization_id: str, people: ErasedPeople) -> Swept:
        tables, warehouse = self.bigquery.people_tables(self.dataset), self.bigquery.warehouse(self.dataset)
        work = Sweep(tables=tables, warehouse=warehouse, state=self.state, clock=self.clock, id_of_run=uuid4().hex)
        rows = work.run(organization_id, people)
        documents = clear_state(self.state, organization_id, people)
        return Swept(rows=rows, state_documents=documents, kept_tables=tuple(tables.kept))


@contextmanager
def open_project_place(
    settings: OperatorSettings,
    project_id: str,
    *,
    clock: Clock,
    say: Callable[[str], None],
    key: Callable[[], str] | None = None,
) -> Iterator[ProjectPlace]:
    """Open a project; `key` takes the place of Secret Manager's."""
    with (
        open_backend(settings, clock=clock) as backend,
        bigquery_of(project_id, settings, clock, patience_s=PATIENCE_S) as bigquery,
    ):
        yield ProjectPlace(
            bigquery=bigquery,
            dataset=settings.dataset,
            state=backend.state,
            accounts=backend.accounts,
            where=backend.where,
            key=key or (lambda: _key(project_id, settings.installation)),
            clock=clock,
            say=say,
            pseudonyms=stored_pseudonyms(backend.state, pseudonym_key_of(project_id, settings.installation)),
        )


def _key(project_id: str, installation: str) -> str:
    from sendtrail.gcp.clients import secret_client  # noqa: PLC0415  (an extra)
    from sendtrail.gcp.erasure.erasure_key import read_or_make_key, secret_name  # noqa: PLC0415

    return read_or_make_key(secret_client(), secret_name(project_id, installation))
