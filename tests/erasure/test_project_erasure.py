"""An erasure on Google Cloud, on the emulators of BigQuery and Firestore; the key stands for Secret Manager's."""

from datetime import timedelta

import pytest
from google.cloud.bigquery import Client

from sendtrail.cli.operate.erase_project import ProjectPlace
from sendtrail.clock import SystemClock
from sendtrail.delivery.failures import is_of_account
from sendtrail.domain.deletion_guard import DeletionGuard
from sendtrail.entrypoints.runtime import guarded
from sendtrail.entrypoints.settings import FunctionSettings
from sendtrail.entrypoints.worker_erasure import WorkerPlace
from sendtrail.erasure.confirmation import Lookups
from sendtrail.erasure.erased_people import ErasedPeople, Kind
from sendtrail.erasure.gone_contacts import GonePolicy, erase_gone_contacts
from sendtrail.erasure.guarded_warehouse import GuardedWarehouse
from sendtrail.erasure.stored_people import StoredPeople
from sendtrail.erasure.sweep_twice import DELIVERY_S
from sendtrail.errors import Busy, Rejected, SettingsError
from sendtrail.gcp.bigquery_access import Access
from sendtrail.gcp.bigquery_jobs import Jobs
from sendtrail.gcp.bigquery_warehouse import Datasets
from sendtrail.ports import State
from sendtrail.pseudonyms.pseudonym_choice import holds_addresses
from sendtrail.state.documents import account_pause_path, campaign_path
from sendtrail.warehouse.rows import Table
from tests.contracts.samples import activities, contact, contacts, opened, unreadable
from tests.contracts.under_test import WarehouseUnderTest
from tests.fake_account import FakeAccount, a_contact
from tests.fakes import NOON, FakeClock, MemoryState, MemoryWarehouse
from tests.operate.conftest import put

ANN, KEY = "ann@example.com", "ab" * 32


def people_of(*names: str) -> ErasedPeople:
    """Return a list with addresses of acme on it."""
    nobody = ErasedPeople(key=bytes.fromhex(KEY))
    return nobody.plus(nobody.token(Kind.ADDRESS, "acme", name) for name in names)


def test_a_list_is_read_again_when_it_has_changed() -> None:
    """A worker has it in memory, and looks before each batch."""
    state = MemoryState()
    worker, operator = StoredPeople(state, lambda: KEY), StoredPeople(state, lambda: KEY)
    assert not worker()

    operator.store(people_of(ANN), before=people_of(), clock=FakeClock())
    first = worker()
    operator.store(first.plus(people_of("joe@example.com").tokens), before=first, clock=FakeClock())

    assert first == people_of(ANN)
    assert worker().has(Kind.ADDRESS, "acme", "joe@example.com")


def test_of_two_operators_at_once_neither_is_forgotten() -> None:
    """The second one is told to try again, rather than to replace what the first has written."""
    state = MemoryState()
    people = StoredPeople(state, lambda: KEY)
    people.store(people_of(ANN), before=people_of(), clock=FakeClock())

    with pytest.raises(Busy, match="somebody else has changed the erased list"):
        people.store(people_of("joe@example.com"), before=people_of(), clock=FakeClock())

    assert people() == people_of(ANN)


@pytest.mark.parametrize("key", ["", "ff", "cd" * 32, "not a key"])
def test_without_its_key_a_list_is_refused(key: str) -> None:
    """Nobody would be on it, so nothing may be stored."""
    state = MemoryState()
    StoredPeople(state, lambda: KEY).store(people_of(ANN), before=people_of(), clock=FakeClock())

    with pytest.raises(SettingsError, match="restore the first version of its secret"):
        StoredPeople(state, lambda: key)()


def test_nobody_needs_a_key_before_somebody_is_erased() -> None:
    """An installation of an earlier version has no secret yet."""
    assert not StoredPeople(MemoryState(), lambda: pytest.fail("asked for a key"))()


def test_without_the_key_a_worker_gives_a_batch_up_and_says_why() -> None:
    """It is a failure of the account, which the next run tries again, rather than an error for the queue to repeat."""
    state, warehouse = MemoryState(), MemoryWarehouse()
    settings = FunctionSettings(project_id="a-project")
    worker = guarded(warehouse, state, settings, FakeClock())
    worker.merge(activities(opened()))
    StoredPeople(state, lambda: KEY).store(people_of(ANN), before=people_of(), clock=FakeClock())

    with pytest.raises(Rejected, match="SENDTRAIL_ERASURE_KEY_SECRET") as raised:
        worker.merge(activities(opened(times=2)))

    assert is_of_account(raised.value)
    assert warehouse.counts()[Table.EMAIL_ACTIVITIES] == 1


class ClockOfAWorker(FakeClock):
    """A clock on which the worker of a campaign has ended after a while, and merged what it had read before."""

    def __init__(self, state: State, merge: object) -> None:
        super().__init__()
        self._state, self._merge = state, merge

    def sleep(self, seconds: float) -> None:
        """Let time pass, and the worker end."""
        super().sleep(seconds)
        assert callable(self._merge)
        self._merge()
        put(self._state, campaign_path("acme", 7), {"lease": None})


def test_a_person_is_erased_from_a_project_while_a_worker_has_them_in_hand(
    bigquery_warehouse: WarehouseUnderTest, bigquery_client: Client, bigquery_datasets: Datasets, firestore_state: State
) -> None:
    """What the worker merges after the erasure is gone as well, and whoever comes next obeys the list."""
    warehouse, said = bigquery_warehouse.warehouse, list[str]()
    jobs = Jobs(bigquery_client, clock=SystemClock(), seconds_left=lambda: 60.0)
    warehouse.merge(activities(opened(), opened(contact_id="2", contact_email="joe@example.com")))
    warehouse.merge(contacts(contact(), contact(contact_id=2, email="joe@example.com")))
    warehouse.merge(unreadable(f'{{"email": "{ANN}"}}'))
    put(firestore_state, account_pause_path("acme"), {"reason": f"{ANN} complained"})
    put(firestore_state, campaign_path("acme", 7), {"lease": {"token": "t", "expires_at": SystemClock().now()}})
    place = ProjectPlace(
        bigquery=Access(client=bigquery_client, jobs=jobs),
        dataset=bigquery_datasets.tables,
        state=firestore_state,
        accounts=["acme"],
        where="here",
        key=lambda: KEY,
        clock=ClockOfAWorker(firestore_state, lambda: warehouse.merge(activities(opened(times=9), number=2))),
        say=said.append,
    )

    place.store(people_of(ANN), before=place.people())
    swept = place.sweep(["acme"], place.people())["acme"]
    guard = GuardedWarehouse(inner=warehouse, people=StoredPeople(firestore_state, lambda: KEY), clock=FakeClock())
    guard.merge(activities(opened(times=12)))

    assert swept.rows == {"unreadable_rows": 1, "conversions": 0, "email_activities": 2, "contacts": 1, "users": 0}
    assert swept.state_documents == 1
    assert [row["contact_id"] for row in bigquery_warehouse.read(Table.EMAIL_ACTIVITIES)] == ["2"]
    assert [row["times"] for row in bigquery_warehouse.read(Table.ERASED_ROWS)] == [12]
    assert len(said) == 1
    assert DELIVERY_S > 540


def test_a_contact_who_is_gone_is_erased_from_a_project_by_the_contacts_worker(
    bigquery_warehouse: WarehouseUnderTest, bigquery_client: Client, bigquery_datasets: Datasets, firestore_state: State
) -> None:
    """With the address that was stored, and the same statements as on one machine."""
    warehouse = bigquery_warehouse.warehouse
    jobs = Jobs(bigquery_client, clock=SystemClock(), seconds_left=lambda: 60.0)
    access = Access(client=bigquery_client, jobs=jobs)
    joe = contact(contact_id=2, email="joe@example.com")
    warehouse.merge(contacts(contact(deleted_at=NOON - timedelta(days=9)), joe))
    warehouse.merge(activities(opened(contact_id=""), opened(contact_id="2", contact_email="joe@example.com")))
    place = WorkerPlace(
        tables=lambda: access.people_tables(bigquery_datasets.tables),
        warehouse=warehouse,
        state=firestore_state,
        key=lambda: KEY,
        clock=SystemClock(),
    )
    policy = GonePolicy(after=timedelta(), guard=DeletionGuard())
    account = FakeAccount(people={2: a_contact(2)})

    reason = erase_gone_contacts(
        place, "acme", policy, pass_began_at=NOON + timedelta(days=1), lookups=Lookups(account=account)
    )

    assert reason is None
    assert [row["contact_id"] for row in bigquery_warehouse.read(Table.CONTACTS)] == ["2"]
    assert [row["contact_id"] for row in bigquery_warehouse.read(Table.EMAIL_ACTIVITIES)] == ["2"]
    assert place.is_unsettled()
    assert holds_addresses(place.tables())
