"""How one delivery ends, and what it leaves behind."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sendtrail.delivery.checkpoint import Checkpoint, Status, new_lease
from sendtrail.delivery.deliver import Outcome, deliver
from sendtrail.domain.campaign_report import Chunk, Report, ReportQuery
from sendtrail.domain.contact import ContactPage
from sendtrail.domain.messages import SyncCampaign, WorkFailed, decode, encode
from sendtrail.errors import LeaseHeld, Rejected, Unavailable
from sendtrail.ports import Topic
from sendtrail.state.documents import campaign_path, contacts_path, from_document, to_document
from sendtrail.sync.campaign import CampaignSource, CampaignWork
from sendtrail.warehouse.rows import Table
from tests.fake_account import FakeAccount, a_contact
from tests.fakes import NOON
from tests.pipeline_harness import ORGANIZATION, Pages, World


def a_world(opens: int = 130, **options: object) -> World:
    """Return a world with one campaign."""
    account = FakeAccount()
    account.fill(1, Report.OPENS, opens)
    return World(account=account, **options)  # type: ignore[arg-type]


def checkpoint_of(world: World, campaign_id: int = 1) -> Checkpoint:
    """Return a campaign's checkpoint."""
    return from_document(Checkpoint, world.state.documents[campaign_path(ORGANIZATION, campaign_id)])


def test_a_continuation_goes_on_where_its_parent_stopped() -> None:
    """A time budget of three pages needs several deliveries, each with the next sequence."""
    world = a_world(steps=3)

    outcomes = world.sync(contacts=False)

    assert outcomes.count(Outcome.CONTINUED) >= 3
    assert outcomes[-1] is Outcome.DONE
    assert checkpoint_of(world).sequence == len(outcomes)
    assert world.stored_ids() == world.account_ids()


@pytest.mark.parametrize("steps", [1, 2, 3, 7])
def test_the_shortest_time_budget_still_comes_to_an_end(steps: int) -> None:
    """Every delivery gets at least one page further."""
    world = a_world(steps=steps)

    world.sync()

    assert checkpoint_of(world).status is Status.DONE
    assert world.stored_ids() == world.account_ids()


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_messages_delivered_twice_and_in_any_order_store_every_row_once(data: st.DataObject) -> None:
    """Whatever the queue does with the messages, the warehouse ends up the same."""
    world = a_world(steps=3)
    world.account.fill(2, Report.OPENS, 50)
    world.account.people = {number: a_contact(number) for number in range(1, 60)}
    world.dispatch()
    waiting = [(message, 2) for message in world.waiting()]

    while waiting:
        (topic, message), copies = waiting.pop(data.draw(st.integers(0, len(waiting) - 1)))
        world.handle(topic, message)
        if copies > 1:
            waiting.append(((topic, message), copies - 1))
        waiting += [(published, 2) for published in world.waiting()]

    assert world.stored_ids() == world.account_ids()
    assert world.warehouse.counts()[Table.CONTACTS] == 59
    assert not any(row["deleted_at"] for row in world.warehouse.rows(Table.CONTACTS))


def test_finished_work_is_acknowledged_without_reading_anything() -> None:
    """A replay of the subscription costs one transaction a message."""
    world = a_world()
    world.dispatch()
    (message,) = world.publisher.published[Topic.CAMPAIGNS]
    world.drain()
    read_before = len(world.account.queries)

    outcome = world.handle(Topic.CAMPAIGNS, message)

    assert outcome is Outcome.STALE
    assert len(world.account.queries) == read_before


def test_a_message_that_finds_a_live_lease_outlives_its_owner() -> None:
    """It is raised, so that the queue delivers it again; after the lease it is taken over."""
    world = a_world()
    world.dispatch()
    (topic, message), *_ = world.waiting()
    held = Checkpoint(
        run_id="run1",
        sequence=1,
        status=Status.RUNNING,
        updated_at=NOON,
        lease=new_lease("somebody", now=NOON, lease_s=120),
    )
    world.state.documents[campaign_path(ORGANIZATION, 1)] = to_document(held)

    with pytest.raises(LeaseHeld):
        world.handle(topic, message)
    world.clock.advance(121)

    assert world.handle(topic, message) is Outcome.DONE


class Overtaken(FakeAccount):
    """An account that answers so slowly that another worker takes the work over and finishes it meanwhile."""

    def __init__(self, world: World, message: bytes) -> None:
        super().__init__(reports=world.account.reports)
        self._world, self._message = world, message

    def read(self, query: ReportQuery) -> Iterator[Chunk]:
        """Yield the pages, but let the other worker have its turn after the first."""
        for number, chunk in enumerate(super().read(query)):
            if number == 1:
                self._world.clock.advance(self._world.settings.lease_s + 1)
                self._world.handle(Topic.CAMPAIGNS, self._message)
            yield chunk


def test_a_zombie_that_lost_its_lease_writes_neither_rows_nor_checkpoint() -> None:
    """It stops at its next flush, and what its successor wrote stays."""
    world = a_world()
    world.dispatch()
    (_, message), *_ = world.waiting()
    slow = Overtaken(world, message)
    work = CampaignWork(decode(SyncCampaign, message), CampaignSource(lists=slow, reports=slow), world.clock)

    outcome = deliver(work, services=world.services, budget=Pages(1_000))

    successor = checkpoint_of(world)
    assert outcome is Outcome.LOST
    assert successor.status is Status.DONE
    merged = {batch.delivery for batch in world.warehouse.batches if batch.table is Table.EMAIL_ACTIVITIES}
    assert merged == {"token3"}  # the dispatcher's was 1, the zombie's 2


class OvertakenAndRefused(Overtaken):
    """An account that refuses a worker that another has taken over from."""

    def read(self, query: ReportQuery) -> Iterator[Chunk]:
        """Yield the pages, but refuse the worker after the other one has had its turn."""
        for number, chunk in enumerate(super().read(query)):
            if number == 1:
                raise Rejected("the key was changed")
            yield chunk


def test_a_zombie_does_not_report_as_failed_what_its_successor_has_done() -> None:
    """The failures topic is for work that nobody can do."""
    world = a_world()
    world.dispatch()
    (_, message), *_ = world.waiting()
    slow = OvertakenAndRefused(world, message)
    work = CampaignWork(decode(SyncCampaign, message), CampaignSource(lists=slow, reports=slow), world.clock)

    outcome = deliver(work, services=world.services, budget=Pages(1_000))

    assert outcome is Outcome.LOST
    assert world.publisher.take(Topic.FAILURES) == []
    assert checkpoint_of(world).status is Status.DONE


class Failing(FakeAccount):
    """An account that raises after its first two pages."""

    def __init__(self, account: FakeAccount, error: Exception) -> None:
        super().__init__(reports=account.reports)
        self._error = error

    def read(self, query: ReportQuery) -> Iterator[Chunk]:
        """Yield two pages, then raise."""
        for number, chunk in enumerate(super().read(query)):
            if number == 2:
                raise self._error
            yield chunk


def test_a_permanent_failure_is_recorded_published_with_its_reason_and_acknowledged() -> None:
    """The operator sees the campaign as failed; the next run tries it once more."""
    world = a_world()
    world.account = Failing(world.account, Rejected("row 3 has no readable time"))

    outcomes = world.sync()

    checkpoint = checkpoint_of(world)
    (failure,) = [decode(WorkFailed, data) for data in world.publisher.take(Topic.FAILURES)]
    assert outcomes[0] is Outcome.FAILED
    assert (checkpoint.status, checkpoint.reason) == (Status.FAILED, "row 3 has no readable time")
    assert (failure.subject, failure.reason) == ("1", "row 3 has no readable time")
    assert world.dispatch("run2").due == 1


def test_a_transient_failure_keeps_what_was_read_and_gives_the_lease_up() -> None:
    """The redelivery goes on from the page after the last one read, at once."""
    world = a_world()
    healthy = world.account
    world.account = Failing(healthy, Unavailable("the account does not answer"))
    world.dispatch()
    (topic, message), *_ = world.waiting()

    with pytest.raises(Unavailable):
        world.handle(topic, message)
    stored_after_the_first = len(world.stored_ids())
    world.account = healthy
    outcome = world.handle(topic, message)

    assert stored_after_the_first == 40
    assert outcome is Outcome.DONE
    assert world.stored_ids() == world.account_ids()


class Stuck(FakeAccount):
    """An account whose contacts never lead anywhere."""

    def contacts(self, after: int) -> Iterator[ContactPage]:
        """Yield a page that ends where it began, for ever."""
        while True:
            yield ContactPage(contacts=[self.people[1]], last_id=max(after, 1))


def test_a_continuation_that_made_no_progress_is_a_failure_not_a_loop() -> None:
    """The work is given up with a reason that says what to do."""
    world = World(account=Stuck(people={1: a_contact(1)}), steps=3)

    outcomes = world.sync()

    checkpoint = from_document(Checkpoint, world.state.documents[contacts_path(ORGANIZATION)])
    assert outcomes == [Outcome.CONTINUED, Outcome.FAILED]
    assert "time budget" in (checkpoint.reason or "")


def test_a_message_that_cannot_be_read_goes_to_the_failures_topic() -> None:
    """It is acknowledged: no redelivery can mend it."""
    world = a_world()

    outcome = world.handle(Topic.CAMPAIGNS, b'{"version": 7}')

    (failure,) = [decode(WorkFailed, data) for data in world.publisher.take(Topic.FAILURES)]
    assert outcome is Outcome.FAILED
    assert "version" in failure.reason
    assert "campaign_id" in failure.reason


def test_a_flush_is_never_larger_than_its_rows_and_one_page() -> None:
    """Memory stays flat, whatever the campaign's size."""
    world = a_world(opens=1_000)

    world.sync()

    sizes = [len(batch.rows) for batch in world.warehouse.batches if batch.table is Table.EMAIL_ACTIVITIES]
    assert max(sizes) <= 50 + 20


def test_every_batch_has_a_name_of_its_own() -> None:
    """A later delivery of the same message must not be taken for a retry of an earlier one's batch."""
    world = a_world(steps=3)
    world.dispatch()
    (topic, message), *_ = world.waiting()
    world.handle(topic, message)
    world.clock.advance(200)

    world.handle(topic, encode(replace(decode(SyncCampaign, message), sequence=2)))

    names = [batch.batch_id for batch in world.warehouse.batches]
    assert len(names) == len(set(names))


def test_contacts_that_vanished_are_marked_only_by_a_finished_pass() -> None:
    """A pass that stopped halfway knows nothing of the rest."""
    world = World(account=FakeAccount(people={number: a_contact(number) for number in range(1, 100)}))
    world.sync()
    for number in range(50, 100):
        del world.account.people[number]
    world.steps = 2
    world.dispatch("run2")
    (topic, message), *_ = world.waiting()
    world.handle(topic, message)
    halfway = [row for row in world.warehouse.rows(Table.CONTACTS) if row["deleted_at"]]

    world.steps = 1_000
    world.drain()

    gone = {int(row["contact_id"]) for row in world.warehouse.rows(Table.CONTACTS) if row["deleted_at"]}
    assert halfway == []
    assert gone == set(range(50, 100))
    synced = from_document(Checkpoint, world.state.documents[contacts_path(ORGANIZATION)]).synced
    assert synced is not None
    assert synced["vanished"] == 50


def test_news_after_the_dispatch_is_read_by_the_next_run() -> None:
    """The counters stored are those at dispatch, the watermark the start of the read."""
    world = a_world(opens=30)
    world.sync()
    world.clock.advance(timedelta(days=3).total_seconds())
    world.account.fill(1, Report.OPENS, 25, at=world.clock.now())

    world.sync("run2", contacts=False)
    third = world.dispatch("run3", contacts=False)

    assert world.stored_ids() == world.account_ids()
    assert third.due == 0
