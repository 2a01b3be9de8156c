"""Where people are erased on Google Cloud: BigQuery, the erased list in Firestore, its key in Secret Manager."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

from sendtrail.cli.operate.backend import open_backend
from sendtrail.cli.settings.operator_settings import OperatorSettings
from sendtrail.cli.warehouses import bigquery_of
from sendtrail.clock import Clock
from sendtrail.erasure.erased_people import ErasedPeople
from sendtrail.erasure.person import Sighting
from sendtrail.erasure.receipt import ON_GOOGLE_CLOUD
from sendtrail.erasure.state_traces import clear_state
from sendtrail.erasure.stored_people import StoredPeople, parsed_key
from sendtrail.erasure.sweep import Sweep, Swept, sightings
from sendtrail.ports import Document, State
from sendtrail.state.documents import campaigns_path, contacts_path

if TYPE_CHECKING:
    from sendtrail.gcp.bigquery_access import Access

# No delivery takes longer, and the next one obeys the list.
DELIVERY_S = 560.0
POLL_S = 5.0
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
    remains: Sequence[str] = ON_GOOGLE_CLOUD

    def people(self) -> ErasedPeople:
        """Return the list; an empty one with its key where nobody was erased yet."""
        people = StoredPeople(self.state, self.key)()
        return people if people.key else ErasedPeople(key=parsed_key(self.key()))

    def sightings(self, organization_id: str) -> Sequence[Sighting]:
        """Return every way in which somebody is named in the tables."""
        return sightings(self.bigquery.people_tables(self.dataset), organization_id)

    def store(self, people: ErasedPeople, *, before: ErasedPeople) -> None:
        """Replace the list: from now on, every batch obeys it. Raise Busy where somebody else has changed it."""
        if people != before:
            StoredPeople(self.state, self.key).store(people, before=before, clock=self.clock)

    def sweep(self, organizations: Sequence[str], people: ErasedPeople) -> Mapping[str, Swept]:
        """Delete what is of people on the list, and once more what deliveries under way have merged meanwhile."""
        leases = {each: _leases(self.state, each) for each in organizations}
        swept = {each: self._sweep(each, people) for each in organizations}
        if any(leases.values()):
            self._wait(leases)
            swept = {each: swept[each].plus(self._sweep(each, people)) for each in organizations}
        return swept

    def _sweep(self, organization_id: str, people: ErasedPeople) -> Swept:
        tables, warehouse = self.bigquery.people_tables(self.dataset), self.bigquery.warehouse(self.dataset)
        work = Sweep(tables=tables, warehouse=warehouse, state=self.state, clock=self.clock, id_of_run=uuid4().hex)
        rows = work.run(organization_id, people)
        documents = clear_state(self.state, organization_id, people)
        return Swept(rows=rows, state_documents=documents, kept_tables=tuple(tables.kept))

    def _wait(self, leases: Mapping[str, frozenset[str]]) -> None:
        """Return when no delivery is at work any more that may have read the list before."""
        self.say("Deliveries are under way that may have read them before: waiting for their end, at most 10 minutes.")
        end = self.clock.now() + timedelta(seconds=DELIVERY_S)
        while self.clock.now() < end and any(_leases(self.state, each) & before for each, before in leases.items()):
            self.clock.sleep(POLL_S)


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
        )


def _key(project_id: str, installation: str) -> str:
    from sendtrail.gcp.clients import secret_client  # noqa: PLC0415  (an extra)
    from sendtrail.gcp.erasure.erasure_key import read_or_make_key, secret_name  # noqa: PLC0415

    return read_or_make_key(secret_client(), secret_name(project_id, installation))


def _leases(state: State, organization_id: str) -> frozenset[str]:
    """Return the tokens of the leases of an account's work."""
    contacts = state.transact(lambda transaction: transaction.get(contacts_path(organization_id)))
    documents = [*(document for _, document in state.children(campaigns_path(organization_id))), contacts or {}]
    return frozenset(token for token in map(_token, documents) if token)


def _token(document: Document) -> str:
    lease = document.get("lease")
    return str(lease.get("token", "")) if isinstance(lease, Mapping) else ""
