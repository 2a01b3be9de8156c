"""A worker that stands still while somebody is erased: it stores nobody of the erased list when it goes on."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from sendtrail.delivery.deliver import Outcome
from sendtrail.domain.campaign_report import Report
from sendtrail.erasure.erased_people import ErasedPeople, Kind
from sendtrail.erasure.guarded_warehouse import GuardedWarehouse
from sendtrail.erasure.sweep import Sweep, Swept
from sendtrail.erasure.sweep_twice import Sweeper
from sendtrail.ports import LeaseCheck, Topic, no_lease
from sendtrail.simulation.cloud.memory_people import MemoryPeopleTables
from sendtrail.warehouse.rows import Batch, Table
from tests.fake_account import FakeAccount, a_contact
from tests.fakes import MemoryWarehouse
from tests.pipeline_harness import ORGANIZATION, PipelineHarness

ERASED, PEOPLE = "3", 5


class SlowWarehouse(MemoryWarehouse):
    """A warehouse to which a worker sends a batch late, once: by then it has left out who was erased before."""

    def __init__(self, table: Table, meanwhile: Callable[[], None]) -> None:
        super().__init__()
        self._table, self._meanwhile = table, meanwhile

    def merge(self, batch: Batch, /, *, check_lease: LeaseCheck = no_lease) -> int:
        """Merge a batch after what happens meanwhile."""
        if batch.table is self._table:
            meanwhile, self._meanwhile = self._meanwhile, lambda: None
            meanwhile()
        return super().merge(batch, check_lease=check_lease)


class Scene:
    """A worker that stands still with a person in hand until that person is erased."""

    def __init__(self, table: Table) -> None:
        account = FakeAccount(people={number: a_contact(number) for number in range(1, PEOPLE + 1)})
        account.fill(1, Report.OPENS, PEOPLE)
        self.pipeline = PipelineHarness(account=account)
        self.people = ErasedPeople(key=b"k" * 32)
        self.warehouse = SlowWarehouse(table, self._erase)
        guard = GuardedWarehouse(inner=self.warehouse, people=lambda: self.people, clock=self.pipeline.clock)
        self.pipeline.services = replace(self.pipeline.services, warehouse=guard)

    def stored(self, table: Table) -> set[str]:
        """Return the ids of the contacts whose rows are stored."""
        return {str(row["contact_id"]) for row in self.warehouse.rows(table)}

    def _erase(self) -> None:
        """Erase a person as the command does; the queue delivers nothing meanwhile, as while an account is paused."""
        self.people = self.people.plus([self.people.token(Kind.CONTACT, ORGANIZATION, ERASED)])
        state, clock = self.pipeline.state, self.pipeline.clock
        Sweeper(state=state, clock=clock, sweep_one=self._sweep, say=lambda _: None).sweep([ORGANIZATION])

    def _sweep(self, organization_id: str) -> Swept:
        tables = MemoryPeopleTables(warehouse=self.warehouse)
        state, clock = self.pipeline.state, self.pipeline.clock
        work = Sweep(tables=tables, warehouse=self.warehouse, state=state, clock=clock, id_of_run="erasure")
        return Swept(rows=work.run(organization_id, self.people), state_documents=0, kept_tables=())


@pytest.mark.parametrize(
    ("table", "topic"), [(Table.EMAIL_ACTIVITIES, Topic.CAMPAIGNS), (Table.CONTACTS, Topic.CONTACTS)]
)
def test_a_worker_that_wakes_after_an_erasure_stores_nobody_who_was_erased(table: Table, topic: Topic) -> None:
    """It has lost its work, although nobody else has taken that; whoever does obeys the list."""
    scene = Scene(table)
    scene.pipeline.dispatch(contacts=True)
    message = next(each for each in scene.pipeline.waiting() if each[0] is topic)

    sleeper, stored_by_it = scene.pipeline.handle(*message), scene.stored(table)
    successor = scene.pipeline.handle(*message)

    assert (sleeper, stored_by_it) == (Outcome.LOST, set())
    assert successor is Outcome.DONE
    assert ERASED not in scene.stored(table)
    assert len(scene.stored(table)) == PEOPLE - 1
