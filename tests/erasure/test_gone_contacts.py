"""Contacts who are gone from ActiveCampaign are erased: who is believed to be gone, and what they share with others."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sendtrail.activecampaign.v3.contacts import contact as read_contact
from sendtrail.cli.operate.erase_place import LocalPlace
from sendtrail.delivery.deliver import Outcome
from sendtrail.domain.deletion_guard import DeletionGuard
from sendtrail.domain.messages import WorkFailed, decode
from sendtrail.domain.user import User
from sendtrail.domain.work_item import CONTACTS, WorkItem
from sendtrail.entrypoints.worker_erasure import WorkerPlace, erase_after_pass
from sendtrail.erasure.confirmation import Lookups
from sendtrail.erasure.erased_people import ErasedPeople, Kind
from sendtrail.erasure.gone_contacts import GonePolicy, StoredContact, erase_gone_contacts, gone_contacts
from sendtrail.erasure.person import Person, Sighting, whole_person
from sendtrail.erasure.sweep import Swept
from sendtrail.errors import Rejected
from sendtrail.local.duckdb_warehouse import DuckDbWarehouse
from sendtrail.local.erasure.people_tables import DuckDbPeopleTables
from sendtrail.local.state.adoption import open_state
from sendtrail.ports import Topic
from sendtrail.sync.contacts import agreeing_pass
from sendtrail.warehouse.domain_rows import gone_contact_row, user_row
from sendtrail.warehouse.rows import Batch, Table
from tests.contracts.samples import ANN, activities, contact, contacts, opened
from tests.erasure.test_local_erasure import batch, sale
from tests.fake_account import FakeAccount, a_contact
from tests.fakes import NOON, FakeClock, MemoryState
from tests.pipeline_harness import ORGANIZATION, PipelineHarness

DAY = timedelta(days=1)
POLICY = GonePolicy(after=timedelta(), guard=DeletionGuard())
KEY = "ab" * 32


def without(*gone: int) -> Lookups:
    """Return what asks an account that has a hundred contacts, less those that are gone."""
    people = {number: a_contact(number) for number in range(1, 101) if number not in gone}
    return Lookups(account=FakeAccount(people=people))


def stored(number: int, *, deleted_at: datetime | None, updated_at: datetime = NOON - 2 * DAY) -> StoredContact:
    """Return a stored contact."""
    return StoredContact(contact_id=str(number), deleted_at=deleted_at, updated_at=updated_at)


@pytest.mark.parametrize(
    ("found", "days", "is_gone"),
    [
        (stored(1, deleted_at=NOON - DAY), 0, True),
        (stored(1, deleted_at=NOON - DAY), 1, True),
        (stored(1, deleted_at=NOON - DAY), 2, False),
        (stored(1, deleted_at=None), 0, False),
        (stored(1, deleted_at=NOON + DAY), 0, False),
        (stored(1, deleted_at=NOON - 90 * DAY, updated_at=NOON), 0, False),
        (stored(1, deleted_at=NOON - 90 * DAY), 3, False),
        (stored(1, deleted_at=NOON - 90 * DAY), 2, True),
    ],
    ids=[
        "found by an earlier pass",
        "long enough ago",
        "too lately",
        "there",
        "by this pass",
        "said by this pass",
        "known too lately",
        "known long enough",
    ],
)
def test_two_passes_have_to_agree_that_a_contact_is_gone(found: StoredContact, days: int, *, is_gone: bool) -> None:
    """An erasure cannot be undone, and one list may have been cut short; whoever is there again is not gone."""
    assert bool(gone_contacts([found], pass_began_at=NOON, after=days * DAY)) == is_gone


def seen(contact_id: str | None = None, email: str | None = None, user_id: str | None = None) -> Sighting:
    """Return a sighting."""
    return Sighting(source="contacts", contact_id=contact_id, email=email, user_id=user_id)


def test_what_is_shared_with_a_contact_who_is_there_stays() -> None:
    """Whoever was deleted and came back has a new id and the same address, and perhaps the same user."""
    known = [
        seen("5", "jane@example.com"),
        seen("5", "jane@old.example"),
        seen("9", "Jane@example.com"),
        seen("5", None, "u1"),
        seen("9", None, "u1"),
        seen("77", "jane@old.example"),
    ]

    found = whole_person(Person(contact_ids=frozenset({"5"})), known, present={"9"})

    assert found == Person(
        contact_ids=frozenset({"5", "77"}),
        addresses=frozenset({"jane@old.example"}),
        shared_users=frozenset({"u1"}),
    )


@pytest.mark.parametrize(
    ("claim", "is_kept"),
    [
        (seen("5", "Jane@example.com", "u1"), True),
        (seen("5", None, "u1"), True),
        (seen("6", None, "u1"), False),
        (seen(None, "jim@example.com", "u1"), False),
    ],
    ids=["by both", "by the earlier id", "of somebody else", "of somebody else's address"],
)
def test_whoever_came_back_is_the_user_that_they_were(claim: Sighting, *, is_kept: bool) -> None:
    """The shop knows them by the id that they had; whoever did not come back is erased with all that they bought."""
    known = [seen("5", "jane@example.com"), seen("9", "jane@example.com"), seen("6", "jim@example.com"), claim]

    found = whole_person(Person(contact_ids=frozenset({"5", "6"})), known, present={"9"})

    assert ("u1" in found.shared_users, "u1" in found.user_ids) == (is_kept, not is_kept)


@pytest.mark.parametrize(
    ("value", "is_anonymized"),
    [
        ("1", True),
        (1, True),
        (True, True),
        ("true", True),
        ("0", False),
        (0, False),
        (False, False),
        ("", False),
        (None, False),
        ("perhaps", False),
        ("2", False),
        ([], False),
        ("0000-00-00", False),
    ],
)
def test_a_flag_of_any_type_is_read_and_only_a_clear_yes_is_one(value: object, *, is_anonymized: bool) -> None:
    """Nobody is erased by a value that is not understood, or is not there."""
    assert read_contact(1, {"anonymized": value}, tags=(), lists=()).is_anonymized is is_anonymized
    assert not read_contact(1, {}, tags=(), lists=()).is_anonymized


@pytest.fixture
def place(tmp_path: Path) -> Iterator[LocalPlace]:
    """Give an empty file."""
    clock = FakeClock()
    with DuckDbWarehouse(tmp_path / "test.duckdb", has_views=False, clock=clock) as warehouse:
        warehouse.create_customer_tables()
        with open_state(warehouse, clock=clock) as state:
            yield LocalPlace(warehouse=warehouse, state=state, clock=clock)


def anonymised(number: int, at: datetime) -> Any:
    """Return the row of a contact that was found to be anonymised."""
    row = a_contact(number, email=f"anonymized-{number}@deleted.example", is_anonymized=True)
    return gone_contact_row(row, organization_id="acme", now=at)


def sizes(place: LocalPlace, *tables: Table) -> list[int]:
    """Return how many rows tables have."""
    rows = [place.warehouse.query(f"SELECT count(*) FROM marketing_ai.{table}").rows for table in tables]
    return [next(iter(each))[0] for each in rows]


def people_batch(*user_ids: str) -> Batch:
    """Return claims that users are Ann."""
    users = [User(user_id=each, contact_id="1", email="", valid_from=None) for each in user_ids]
    return batch(Table.USERS, [user_row(each, organization_id="acme") for each in users])


def test_an_anonymised_contact_is_erased_by_the_address_that_was_stored(
    place: LocalPlace, caplog: pytest.LogCaptureFixture
) -> None:
    """The account has another address for it now, which leads nowhere; the receipt names nobody."""
    place.warehouse.merge(contacts(contact(at=NOON - 3 * DAY), contact(contact_id=2, email="joe@example.com")))
    place.warehouse.merge(activities(opened(contact_email="anonymized-1@deleted.example")))
    place.warehouse.merge(people_batch("u1"))
    sales = [sale("c1", "", ANN.email), sale("c2", "u1", ""), sale("c3", "", "joe@example.com")]
    place.warehouse.merge(batch(Table.CONVERSIONS, sales))
    for days in (2, 1):
        place.warehouse.merge(contacts(anonymised(1, NOON - days * DAY)))

    with caplog.at_level(logging.WARNING):
        reason = erase_gone_contacts(place, "acme", POLICY, pass_began_at=NOON - DAY, lookups=without(1))

    assert reason is None
    tables = (Table.CONTACTS, Table.EMAIL_ACTIVITIES, Table.CONVERSIONS, Table.USERS)
    assert sizes(place, *tables) == [1, 0, 1, 0]
    assert len(place.people().tokens) == 4
    assert "1 contact id, 2 addresses, 1 user id" in caplog.text
    assert "@" not in caplog.text


def test_a_contact_who_is_there_again_keeps_its_address_and_its_rows(place: LocalPlace) -> None:
    """The same address under a new id: what was the old one's alone goes."""
    place.warehouse.merge(contacts(contact(at=NOON - 3 * DAY, deleted_at=NOON - 5 * DAY), contact(contact_id=9)))
    place.warehouse.merge(activities(opened(), opened(contact_id="9"), opened(contact_id="9", times=2)))
    place.warehouse.merge(batch(Table.CONVERSIONS, [sale("c1", "", ANN.email)]))

    assert erase_gone_contacts(place, "acme", POLICY, pass_began_at=NOON, lookups=without(1)) is None

    assert sizes(place, Table.CONTACTS, Table.EMAIL_ACTIVITIES, Table.CONVERSIONS) == [1, 2, 1]
    assert len(place.people().tokens) == 1


@pytest.mark.parametrize("email", ["", "Ann@example.com"], ids=["by id", "by id and address"])
@pytest.mark.parametrize("is_read", [True, False], ids=["in a pass", "in a report"])
def test_whoever_is_there_again_is_still_joined_with_what_they_bought(
    place: LocalPlace, email: str, *, is_read: bool
) -> None:
    """The shop knows the user by the earlier id, which is of nobody any more: the claim is about the later one then."""
    place.warehouse.merge(
        contacts(contact(at=NOON - 3 * DAY, deleted_at=NOON - 5 * DAY), contact(contact_id=2, email=""))
    )
    later = contacts(contact(contact_id=9)) if is_read else activities(opened(contact_id="9"))
    place.warehouse.merge(later)
    claim = User(user_id="u1", contact_id="1", email=email, valid_from=None)
    place.warehouse.merge(batch(Table.USERS, [user_row(claim, organization_id="acme")]))
    place.warehouse.merge(batch(Table.CONVERSIONS, [sale("c1", "u1", "")]))

    assert erase_gone_contacts(place, "acme", POLICY, pass_began_at=NOON, lookups=without(1)) is None

    rows = list(place.warehouse.query("SELECT user_id, contact_id FROM marketing_ai.users").rows)
    assert rows == [("u1", "9")]
    assert sizes(place, Table.CONVERSIONS) == [1]


def test_a_contact_who_came_back_after_the_pass_is_nobodys_earlier_id(place: LocalPlace) -> None:
    """A campaign has shown the new id, which no pass has; an id that was given before is an earlier one of theirs."""
    place.warehouse.merge(contacts(contact(at=NOON - 3 * DAY, deleted_at=NOON - 5 * DAY, contact_id=50)))
    place.warehouse.merge(contacts(contact(contact_id=100, email="joe@example.com")))
    earlier = [opened(contact_id=each, contact_email="ann@old.example") for each in ("9", "50")]
    place.warehouse.merge(activities(*earlier, opened(contact_id="900")))

    assert erase_gone_contacts(place, "acme", POLICY, pass_began_at=NOON, lookups=without(50)) is None

    [found] = place.warehouse.query("SELECT contact_id, contact_email FROM marketing_ai.email_activities").rows
    assert found == ("900", ANN.email)
    assert not place.people().has(Kind.ADDRESS, "acme", ANN.email)
    assert place.people().has(Kind.CONTACT, "acme", "50")


def test_more_than_is_believed_is_not_erased_until_a_person_accepts_it(place: LocalPlace) -> None:
    """Flags that are wrong for half of an account pass no guard when the contacts are marked."""
    dates = [NOON - 5 * DAY if number < 20 else None for number in range(40)]
    rows = [contact(contact_id=n + 1, at=NOON - 3 * DAY, deleted_at=at) for n, at in enumerate(dates)]
    place.warehouse.merge(contacts(*rows))

    doubt = erase_gone_contacts(place, "acme", POLICY, pass_began_at=NOON, lookups=without(*range(1, 21)))
    before = sizes(place, Table.CONTACTS)
    accepted = GonePolicy(after=timedelta(), guard=DeletionGuard(accepted=True))
    reason = erase_gone_contacts(place, "acme", accepted, pass_began_at=NOON, lookups=without(*range(1, 21)))

    assert "20 of 40 contacts are gone from ActiveCampaign, more than 20%: nobody was erased" in (doubt or "")
    assert (before, reason, sizes(place, Table.CONTACTS)) == ([40], None, [20])


def stored_after(*shown: Mapping[str, Any], setting: bool = True) -> dict[str, Any]:
    """Return the stored row of a contact after passes that showed it so."""
    pipeline = PipelineHarness(account=FakeAccount(people={n: a_contact(n) for n in (1, 2)}), erases_gone=setting)
    for number, changes in enumerate(shown):
        pipeline.account.people[1] = a_contact(1, updated_at=pipeline.clock.now(), **changes)
        pipeline.sync(f"run{number}")
        pipeline.clock.advance(3_600)
    [row] = [row for row in pipeline.warehouse.rows(Table.CONTACTS) if row["contact_id"] == "1"]
    return row


def passes(*flags: bool, setting: bool = True) -> dict[str, Any]:
    """Return the stored row of a contact after passes that showed it anonymised, or not."""
    emails = {True: "anonymized-1@deleted.example", False: "contact1@example.com"}
    return stored_after(*({"email": emails[flag], "is_anonymized": flag} for flag in flags), setting=setting)


def test_a_pass_keeps_the_address_of_whoever_is_anonymised_and_since_when() -> None:
    """However often it is seen as such; it is stored as deleted, with nothing else of it."""
    row = passes(False, True, True, True)
    first = passes(False, True)

    assert (row["email"], row["tags"], row["created_date"]) == ("contact1@example.com", [], None)
    assert (row["deleted_at"], row["updated_at"]) == (first["deleted_at"], first["updated_at"])


def test_a_flag_that_was_a_slip_is_taken_back() -> None:
    """The contact is there again with all that it has."""
    row = passes(False, True, False)

    assert (row["email"], row["deleted_at"], row["tags"]) == ("contact1@example.com", None, ["customer"])


def test_without_the_setting_a_contact_is_stored_as_the_account_shows_it() -> None:
    """Its address is the one that the account has made up."""
    row = passes(False, True, setting=False)

    assert (row["email"], row["deleted_at"]) == ("anonymized-1@deleted.example", None)


@pytest.mark.parametrize(
    ("flag", "setting", "is_marked"),
    [(True, True, True), (False, True, False), (False, False, True)],
    ids=["a flag", "a date alone", "nobody is erased"],
)
def test_nobody_is_erased_by_a_date_alone(*, flag: bool, setting: bool, is_marked: bool) -> None:
    """It may have outlived the deletion: for a mark it is enough."""
    row = stored_after({"deleted_at": NOON - 90 * DAY, "is_deleted": flag}, setting=setting)

    assert (row["deleted_at"] is not None) == is_marked
    assert row["email"]


def test_a_deleted_contact_without_its_address_keeps_the_one_that_leads_to_what_else_is_theirs() -> None:
    """The account may list it so, when it is to be erased."""
    row = stored_after({}, {"email": "", "deleted_at": NOON - 90 * DAY, "is_deleted": True})

    assert row["email"] == "contact1@example.com"
    assert datetime.fromisoformat(row["deleted_at"]) >= NOON


@pytest.mark.parametrize(
    ("settings", "is_enough"),
    [
        ((True,), False),
        ((False, True), False),
        ((True, False, True), False),
        ((True, True, False), False),
        ((True, True), True),
        ((False, True, True, True), True),
    ],
)
def test_two_passes_in_a_row_are_made_under_the_setting(settings: Sequence[bool], *, is_enough: bool) -> None:
    """Without it, contacts are marked as deleted by a date alone, or not although they are anonymised."""
    pipeline = PipelineHarness(account=FakeAccount(people={1: a_contact(1)}))
    for number, is_on in enumerate(settings):
        pipeline.erases_gone = is_on
        began_at = pipeline.clock.now()
        pipeline.sync(f"run{number}")
        pipeline.clock.advance(3_600)

    assert agreeing_pass(pipeline.state, ORGANIZATION) == (began_at if is_enough else None)


def test_a_pass_that_is_not_believed_is_none_of_the_two() -> None:
    """Those who were missing may have been there all the time."""
    everybody = {number: a_contact(number) for number in range(1, 41)}
    pipeline = PipelineHarness(account=FakeAccount(people=everybody), erases_gone=True)
    found = []
    for number, people in enumerate([40, 5, 40, 40]):
        pipeline.account.people = {key: value for key, value in everybody.items() if key <= people}
        pipeline.sync(f"run{number}")
        pipeline.clock.advance(86_400)
        found.append(agreeing_pass(pipeline.state, ORGANIZATION) is not None)

    assert found == [False, False, False, True]


class Worker:
    """A contacts worker whose warehouse is a file."""

    def __init__(self, place: LocalPlace) -> None:
        self.pipeline = PipelineHarness(account=FakeAccount(people={1: a_contact(1)}), erases_gone=True)
        for run_id in ("run0", "run1"):
            self.pipeline.sync(run_id)
            self.pipeline.clock.advance(60)
        self.pipeline.publisher.take(Topic.FAILURES)
        self.keys: list[str] = []
        self.place = WorkerPlace(
            tables=lambda: DuckDbPeopleTables(warehouse=place.warehouse),
            warehouse=place.warehouse,
            state=self.pipeline.state,
            key=self.key,
            clock=self.pipeline.clock,
        )

    def key(self) -> str:
        """Return the key of the list, and remember that it was asked for."""
        self.keys.append(KEY)
        return KEY

    def end_of(self, outcome: Outcome, policy: GonePolicy | None = POLICY) -> Sequence[str]:
        """Do what follows a delivery; return the reasons of failures."""
        item = WorkItem(organization_id=ORGANIZATION, run_id="run0", subject=CONTACTS, sequence=1)
        erase_after_pass(outcome, self.place, policy, item=item, services=self.pipeline.services, lookups=without(1))
        return [decode(WorkFailed, data).reason for data in self.pipeline.publisher.take(Topic.FAILURES)]


def test_the_contacts_worker_erases_once_a_pass_has_ended_also_when_it_was_interrupted(place: LocalPlace) -> None:
    """A message that comes again finds the pass done; nothing is asked for while nobody is gone."""
    worker = Worker(place)
    assert worker.end_of(Outcome.DONE) == []
    assert worker.keys == []
    rows = [contact(contact_id=n, organization_id=ORGANIZATION, at=NOON - 9 * DAY) for n in (2, 3)]
    gone = contact(organization_id=ORGANIZATION, at=NOON - 9 * DAY, deleted_at=NOON - 9 * DAY)
    place.warehouse.merge(contacts(gone, *rows, organization_id=ORGANIZATION))

    assert worker.end_of(Outcome.DONE, policy=None) == []
    assert worker.end_of(Outcome.CONTINUED) == []
    assert sizes(place, Table.CONTACTS) == [3]
    assert worker.end_of(Outcome.STALE) == []

    assert sizes(place, Table.CONTACTS) == [2]


def test_what_a_campaign_worker_had_in_hand_goes_with_the_next_pass(place: LocalPlace) -> None:
    """It had looked at the list before; two days later there is nobody left who had."""
    worker = Worker(place)
    gone = contact(organization_id=ORGANIZATION, at=NOON - 9 * DAY, deleted_at=NOON - 9 * DAY)
    place.warehouse.merge(contacts(gone, contact(contact_id=2, organization_id=ORGANIZATION)))
    worker.end_of(Outcome.DONE)
    place.warehouse.merge(activities(opened(organization_id=ORGANIZATION)))

    worker.end_of(Outcome.DONE)
    after_a_day = sizes(place, Table.EMAIL_ACTIVITIES)
    worker.pipeline.clock.advance(3 * 86_400)

    assert after_a_day == [0]
    assert not worker.place.is_unsettled()


class RefusedSweep(WorkerPlace):
    """A place whose tables are refused after the list is stored."""

    def sweep(self, organizations: Sequence[str], people: ErasedPeople) -> Mapping[str, Swept]:
        """Raise Rejected."""
        raise Rejected(f"a table of {organizations[0]} was refused at revision {people.revision}")


def test_an_erasure_that_was_refused_halfway_is_not_said_to_be_of_nobody(
    place: LocalPlace, caplog: pytest.LogCaptureFixture
) -> None:
    """They are on the list by then, and perhaps gone from some tables."""
    worker = Worker(place)
    gone = contact(organization_id=ORGANIZATION, at=NOON - 9 * DAY, deleted_at=NOON - 9 * DAY)
    place.warehouse.merge(contacts(gone, *(contact(contact_id=n, organization_id=ORGANIZATION) for n in range(2, 9))))
    worker.place = RefusedSweep(
        tables=worker.place.tables,
        warehouse=place.warehouse,
        state=worker.place.state,
        key=worker.key,
        clock=worker.place.clock,
    )

    [reason] = worker.end_of(Outcome.DONE)

    assert "was refused at revision 1" in reason
    assert worker.place.people().tokens
    assert "nobody was erased" not in caplog.text


def test_a_key_that_is_lost_is_a_failure_of_the_account(place: LocalPlace) -> None:
    """Nobody is erased, and somebody is told; the message is acknowledged."""
    worker = Worker(place)
    gone = contact(organization_id=ORGANIZATION, at=NOON - 9 * DAY, deleted_at=NOON - 9 * DAY)
    place.warehouse.merge(contacts(gone, contact(contact_id=2, organization_id=ORGANIZATION)))
    worker.place = WorkerPlace(
        tables=worker.place.tables,
        warehouse=place.warehouse,
        state=MemoryState(),
        key=lambda: "not a key",
        clock=FakeClock(),
    )

    [reason] = worker.end_of(Outcome.DONE)

    assert "the key of the erased list is not 64 hexadecimal digits" in reason
