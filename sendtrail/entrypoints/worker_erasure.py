"""Erasure by the contacts worker: contacts who are gone from an account are erased as an operator would erase them."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol
from uuid import uuid4

from sendtrail.clock import Clock
from sendtrail.delivery.deliver import Outcome
from sendtrail.delivery.failures import publish_failure
from sendtrail.delivery.services import Services
from sendtrail.domain.work_item import WorkItem
from sendtrail.erasure.confirmation import Lookups
from sendtrail.erasure.erased_people import ErasedPeople
from sendtrail.erasure.gone_contacts import GonePlace, GonePolicy, StoredContact, erase_gone_contacts, stored_contacts
from sendtrail.erasure.person import Sighting
from sendtrail.erasure.state_traces import clear_state
from sendtrail.erasure.stored_people import ReadKey, StoredPeople
from sendtrail.erasure.sweep import PeopleTables, Sweep, Swept, sightings
from sendtrail.errors import Rejected, SettingsError
from sendtrail.ports import State, Warehouse
from sendtrail.state.erased_list import read_erased_list
from sendtrail.sync.contacts import agreeing_pass

logger = logging.getLogger(__name__)

# A delivery that had read a row before its person was erased has ended by then, and a daily pass has come by.
UNSETTLED = timedelta(days=2)
# After these, the pass has ended: now, or in an earlier delivery of the same message whose erasure was interrupted.
_ENDED = frozenset({Outcome.DONE, Outcome.STALE})


class OwnTables(PeopleTables, Protocol):
    """The tables in which people are named; `kept` are those that are views of the customer's own."""

    @property
    def kept(self) -> Sequence[str]:
        """Return from which tables nothing was deleted, as views take their place."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class WorkerPlace:
    """The tables, the state and the erased list; `key` returns the key of the list, made now if there is none."""

    tables: Callable[[], OwnTables]
    warehouse: Warehouse
    state: State
    key: ReadKey
    clock: Clock

    def contacts(self, organization_id: str) -> Sequence[StoredContact]:
        """Return all stored contacts of an account."""
        return stored_contacts(self.tables(), organization_id)

    def is_unsettled(self) -> bool:
        """Return whether somebody was erased lately, whose rows a campaign worker may have had in hand."""
        which = read_erased_list(self.state)
        return which is not None and self.clock.now() - which.changed_at < UNSETTLED

    def people(self) -> ErasedPeople:
        """Return the list; an empty one with its key where nobody was erased yet."""
        return StoredPeople(self.state, self.key).with_key()

    def sightings(self, organization_id: str) -> Sequence[Sighting]:
        """Return every way in which somebody is named in the tables."""
        return sightings(self.tables(), organization_id)

    def store(self, people: ErasedPeople, *, before: ErasedPeople) -> None:
        """Replace the list: from now on, every batch obeys it. Raise Busy where somebody else has changed it."""
        if people != before:
            StoredPeople(self.state, self.key).store(people, before=before, clock=self.clock)

    def sweep(self, organizations: Sequence[str], people: ErasedPeople) -> Mapping[str, Swept]:
        """Delete what is of people on the list."""
        return {each: self._sweep(each, people) for each in organizations}

    def _sweep(self, organization_id: str, people: ErasedPeople) -> Swept:
        tables = self.tables()
        work = Sweep(tables=tables, warehouse=self.warehouse, state=self.state, clock=self.clock, id_of_run=uuid4().hex)
        rows = work.run(organization_id, people)
        documents = clear_state(self.state, organization_id, people)
        return Swept(rows=rows, state_documents=documents, kept_tables=tuple(tables.kept))


def erase_after_pass(
    outcome: Outcome,
    place: GonePlace | None,
    policy: GonePolicy | None,
    *,
    item: WorkItem,
    services: Services,
    lookups: Lookups,
) -> None:
    """Erase who is gone, where a pass has ended and the setting asks for it; publish why not all were, if so.

    Raise Retryable for trouble that may pass: the message is delivered again, and only this is left to do.
    """
    if policy is None or place is None or outcome not in _ENDED:
        return
    began_at = agreeing_pass(services.state, item.organization_id)
    if began_at is None:
        return
    try:
        reason = erase_gone_contacts(place, item.organization_id, policy, pass_began_at=began_at, lookups=lookups)
    except (Rejected, SettingsError) as error:
        reason = str(error)
    if reason:
        logger.error("contacts who are gone from ActiveCampaign are not erased, or not all of them yet: %s", reason)
        publish_failure(services, item, reason=reason)
