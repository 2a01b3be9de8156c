"""How one delivery ends, and what it leaves behind."""

from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sendtrail.delivery.checkpoint import Checkpoint, Status, new_lease
from sendtrail.delivery.deliver import Outcome, deliver
from sendtrail.domain.campaign_report import Report, ReportPage, ReportQuery
from sendtrail.domain.contact import ContactPage
from sendtrail.domain.messages import SyncCampaign, WorkFailed, decode, encode
from sendtrail.errors import KeyRefused, LeaseHeld, Rejected, Unavailable
from sendtrail.ports import Topic
from sendtrail.state.documents import campaign_path, contacts_path, from_document, to_document
from sendtrail.sync.campaign import CampaignSource, CampaignTask
from sendtrail.warehouse.rows import Table
from tests.fake_account import FakeAccount, a_contact
from tests.fakes import NOON
from tests.pipeline_harness import ORGANIZATION, Pages, PipelineHarness


def a_pipeline(opens: int = 130, **options: object) -> PipelineHarness:
    """Return a pipeline with one campaign."""
    account = FakeAccount()
    account.fill(1, Report.OPENS, opens)
    return PipelineHarness(account=account, **options)  # type: ignore[arg-type]


def checkpoint_of(pipeline: PipelineHarness, campaign_id: int = 1) -> Checkpoint:
    """Return a campaign's checkpoint."""
    return from_document(Checkpoint, pipeline.state.documents[campaign_path(ORGANIZATION, campaign_id)])


def test_a_continuation_goes_on_where_its_parent_stopped() -> None:
    """A time budget of three pages needs several deliveries, each with the next sequence."""
    pipeline = a_pipeline(steps=3)

    outcomes = pipeline.sync(contacts=False)

    assert outcomes.count(Outcome.CONTINUED) >= 3
    assert outcomes[-1] is Outcome.DONE
    assert checkpoint_of(pipeline).sequence == len(outcomes)
    assert pipeline.stored_ids() == pipeline.account_ids()


@pytest.mark.parametrize("steps", [1, 2, 3, 7])
def test_the_shortest_time_budget_still_comes_to_an_end(steps: int) -> None:
    """Every delivery gets at least one page further."""
    pipeline = a_pipeline(steps=steps)

    pipeline.sync()

    assert checkpoint_of(pipeline).status is Status.DONE
    assert pipeline.stored_ids() == pipeline.account_ids()


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_messages_delivered_twice_and_in_any_order_store_every_row_once(data: st.DataObject) -> None:
    """Whatever the queue does with the messages, the warehouse ends up the same."""
    pipeline = a_pipeline(steps=3)
    pipeline.account.fill(2, Report.OPENS, 50)
    pipeline.account.people = {number: a_contact(number) for number in range(1, 60)}
    pipeline.dispatch()
    waiting = [(message, 2) for message in pipeline.waiting()]

    while waiting:
        (topic, message), copies = waiting.pop(data.draw(st.integers(0, len(waiting) - 1)))
        pipeline.handle(topic, message)
        if copies > 1:
            waiting.append(((topic, message), copies - 1))
        waiting += [(published, 2) for published in pipeline.waiting()]

    assert pipeline.stored_ids() == pipeline.account_ids()
    assert pipeline.warehouse.counts()[Table.CONTACTS] == 59
    assert not any(row["deleted_at"] for row in pipeline.warehouse.rows(Table.CONTACTS))


def test_finished_work_is_acknowledged_without_reading_anything() -> None:
    """A replay of the subscription costs one transaction a message."""
    pipeline = a_pipeline()
    pipeline.dispatch()
    (message,) = pipeline.publisher.published[Topic.CAMPAIGNS]
    pipeline.drain()
    read_before = len(pipeline.account.queries)

    outcome = pipeline.handle(Topic.CAMPAIGNS, message)

    assert outcome is Outcome.STALE
    assert len(pipeline.account.queries) == read_before


def test_a_message_that_finds_a_live_lease_outlives_its_owner() -> None:
    """It is raised, so that the queue delivers it again; after the lease it is taken over."""
    pipeline = a_pipeline()
    pipeline.dispatch()
    (topic, message), *_ = pipeline.waiting()
    held = Checkpoint(
        run_id="run1",
        sequence=1,
        status=Status.RUNNING,
        updated_at=NOON,
        lease=new_lease("somebody", now=NOON, lease_s=120),
    )
    pipeline.state.documents[campaign_path(ORGANIZATION, 1)] = to_document(held)

    with pytest.raises(LeaseHeld):
        pipeline.handle(topic, message)
    pipeline.clock.advance(121)

    assert pipeline.handle(topic, message) is Outcome.DONE


class Overtaken(FakeAccount):
    """An account that answers so slowly that another worker takes the work over and finishes it meanwhile."""

    def __init__(self, pipeline: PipelineHarness, message: bytes) -> None:
        super().__init__(reports=pipeline.account.reports)
        self._world, self._message = pipeline, message

    def read(self, query: ReportQuery) -> Iterator[ReportPage]:
        """Yield the pages, but let the other worker have its turn after the first."""
        for number, chunk in enumerate(super().read(query)):
            if number == 1:
                self._world.clock.advance(self._world.settings.lease_s + 1)
                self._world.handle(Topic.CAMPAIGNS, self._message)
            yield chunk


def test_a_zombie_that_lost_its_lease_writes_neither_rows_nor_checkpoint() -> None:
    """It stops at its next flush, and what its successor wrote stays."""
    pipeline = a_pipeline()
    pipeline.dispatch()
    (_, message), *_ = pipeline.waiting()
    slow = Overtaken(pipeline, message)
    work = CampaignTask(decode(SyncCampaign, message), CampaignSource(lists=slow, reports=slow), pipeline.services)

    outcome = deliver(work, services=pipeline.services, budget=Pages(1_000))

    successor = checkpoint_of(pipeline)
    assert outcome is Outcome.LOST
    assert successor.status is Status.DONE
    merged = {batch.delivery for batch in pipeline.warehouse.batches if batch.table is Table.EMAIL_ACTIVITIES}
    assert merged == {"token3"}  # the dispatcher's was 1, the zombie's 2


class OvertakenAndRefused(Overtaken):
    """An account that refuses a worker that another has taken over from."""

    def read(self, query: ReportQuery) -> Iterator[ReportPage]:
        """Yield the pages, but refuse the worker after the other one has had its turn."""
        for number, chunk in enumerate(super().read(query)):
            if number == 1:
                raise Rejected("the key was changed")
            yield chunk


def test_a_zombie_does_not_report_as_failed_what_its_successor_has_done() -> None:
    """The failures topic is for work that nobody can do."""
    pipeline = a_pipeline()
    pipeline.dispatch()
    (_, message), *_ = pipeline.waiting()
    slow = OvertakenAndRefused(pipeline, message)
    work = CampaignTask(decode(SyncCampaign, message), CampaignSource(lists=slow, reports=slow), pipeline.services)

    outcome = deliver(work, services=pipeline.services, budget=Pages(1_000))

    assert outcome is Outcome.LOST
    assert pipeline.publisher.take(Topic.FAILURES) == []
    assert checkpoint_of(pipeline).status is Status.DONE


class Failing(FakeAccount):
    """An account that raises after its first two pages."""

    def __init__(self, account: FakeAccount, error: Exception) -> None:
        super().__init__(reports=account.reports)
        self._error = error

    def read(self, query: ReportQuery) -> Iterator[ReportPage]:
        """Yield two pages, then raise."""
        for number, chunk in enumerate(super().read(query)):
            if number == 2:
                raise self._error
            yield chunk


@pytest.mark.parametrize(
    ("error", "outcome", "status"),
    [
        (Rejected("the opens cannot be read"), Outcome.INCOMPLETE, Status.DONE),
        (KeyRefused("the key is refused"), Outcome.FAILED, Status.FAILED),
    ],
)
def test_a_permanent_failure_is_recorded_published_with_its_reason_and_acknowledged(
    error: Rejected, outcome: Outcome, status: Status
) -> None:
    """A report that fails costs itself, a key that is refused the campaign; the next run tries either once more."""
    pipeline = a_pipeline()
    pipeline.account = Failing(pipeline.account, error)

    outcomes = pipeline.sync()

    checkpoint = checkpoint_of(pipeline)
    (failure,) = [decode(WorkFailed, data) for data in pipeline.publisher.take(Topic.FAILURES)]
    assert outcomes[0] is outcome
    assert (checkpoint.status, checkpoint.reason) == (status, str(error))
    assert (failure.subject, failure.reason) == ("1", str(error))
    assert len(pipeline.stored_ids()) == 40
    assert pipeline.dispatch("run2").due == 1


class OneReportFails(FakeAccount):
    """An account whose clicks cannot be read, for a while."""

    is_broken = True

    def read(self, query: ReportQuery) -> Iterator[ReportPage]:
        """Raise for the clicks."""
        if self.is_broken and query.report is Report.CLICKS:
            raise Rejected("the clicks cannot be read")
        yield from super().read(query)


def test_a_report_that_fails_leaves_the_others_done_and_is_read_again_at_the_next_run() -> None:
    """The run does not say success, and nothing is missing once the report can be read."""
    pipeline = PipelineHarness(account=(account := OneReportFails()))
    account.fill(1, Report.OPENS, 130)
    account.fill(1, Report.CLICKS, 30)

    pipeline.sync()
    without_clicks = len(pipeline.stored_ids())
    account.is_broken = False
    again = pipeline.sync("run2", contacts=False)

    assert without_clicks == 130
    assert again == [Outcome.DONE]
    assert pipeline.stored_ids() == pipeline.account_ids()


def test_a_transient_failure_keeps_what_was_read_and_gives_the_lease_up() -> None:
    """The redelivery goes on from the page after the last one read, at once."""
    pipeline = a_pipeline()
    healthy = pipeline.account
    pipeline.account = Failing(healthy, Unavailable("the account does not answer"))
    pipeline.dispatch()
    (topic, message), *_ = pipeline.waiting()

    with pytest.raises(Unavailable):
        pipeline.handle(topic, message)
    stored_after_the_first = len(pipeline.stored_ids())
    pipeline.account = healthy
    outcome = pipeline.handle(topic, message)

    assert stored_after_the_first == 40
    assert outcome is Outcome.DONE
    assert pipeline.stored_ids() == pipeline.account_ids()


@dataclass
class Silent(FakeAccount):
    """An account that does not answer for some reports."""

    silent: Collection[Report] = ()

    def read(self, query: ReportQuery) -> Iterator[ReportPage]:
        """Raise for those."""
        if query.report in self.silent:
            self.queries.append(query)
            raise Unavailable(f"{query.report} are not answered")
        yield from super().read(query)


def deliver_until_it_ends(pipeline: PipelineHarness, topic: Topic, message: bytes) -> Outcome | None:
    """Deliver a message as often as a queue does; return how that ended, None where it never did."""
    for _ in range(6):
        with suppress(Unavailable):
            return pipeline.handle(topic, message)
    return None


@pytest.mark.parametrize("silent", [Report.OPENS, Report.CLICKS, Report.BOUNCES])
def test_a_report_that_stays_without_an_answer_costs_itself_alone(silent: Report) -> None:
    """Also where it is the only one left of a campaign: what changes of the others is read at each run."""
    account = Silent(silent=[silent])
    for report in (Report.OPENS, Report.CLICKS, Report.BOUNCES):
        account.fill(1, report, 30)
    pipeline = PipelineHarness(account=account)
    pipeline.dispatch()
    first = deliver_until_it_ends(pipeline, *pipeline.waiting()[0])
    other = next(each for each in (Report.OPENS, Report.CLICKS) if each is not silent)
    account.fill(1, other, 5, at=pipeline.clock.now())
    pipeline.dispatch("run2")
    second = deliver_until_it_ends(pipeline, *pipeline.waiting()[0])
    read_without_it = pipeline.account_ids() - pipeline.stored_ids()
    account.silent = []
    pipeline.dispatch("run3")
    third = deliver_until_it_ends(pipeline, *pipeline.waiting()[0])

    assert (first, second, third) == (Outcome.INCOMPLETE, Outcome.INCOMPLETE, Outcome.DONE)
    assert len(read_without_it) == 30
    assert pipeline.stored_ids() == pipeline.account_ids()


def test_an_account_that_answers_nothing_costs_no_report() -> None:
    """It is delivered again until somebody gives up, and goes on where it was."""
    account = Silent(silent=list(Report))
    account.fill(1, Report.OPENS, 30)
    account.fill(1, Report.BOUNCES, 30)
    pipeline = PipelineHarness(account=account)
    pipeline.dispatch()
    message, *_ = pipeline.waiting()

    while_silent = deliver_until_it_ends(pipeline, *message)
    account.silent = []

    assert while_silent is None
    assert deliver_until_it_ends(pipeline, *message) is Outcome.DONE
    assert pipeline.stored_ids() == pipeline.account_ids()


class Stuck(FakeAccount):
    """An account whose contacts never lead anywhere."""

    def contacts(self, after: int) -> Iterator[ContactPage]:
        """Yield a page that ends where it began, for ever."""
        while True:
            yield ContactPage(contacts=[self.people[1]], last_id=max(after, 1))


def test_a_continuation_that_made_no_progress_is_a_failure_not_a_loop() -> None:
    """The work is given up with a reason that says what to do."""
    pipeline = PipelineHarness(account=Stuck(people={1: a_contact(1)}), steps=3)

    outcomes = pipeline.sync()

    checkpoint = from_document(Checkpoint, pipeline.state.documents[contacts_path(ORGANIZATION)])
    assert outcomes == [Outcome.CONTINUED, Outcome.FAILED]
    assert "time budget" in (checkpoint.reason or "")


def test_a_message_that_cannot_be_read_goes_to_the_failures_topic() -> None:
    """It is acknowledged: no redelivery can mend it."""
    pipeline = a_pipeline()

    outcome = pipeline.handle(Topic.CAMPAIGNS, b'{"version": 7}')

    (failure,) = [decode(WorkFailed, data) for data in pipeline.publisher.take(Topic.FAILURES)]
    assert outcome is Outcome.FAILED
    assert "version" in failure.reason
    assert "campaign_id" in failure.reason


def test_a_flush_is_never_larger_than_its_rows_and_one_page() -> None:
    """Memory stays flat, whatever the campaign's size."""
    pipeline = a_pipeline(opens=1_000)

    pipeline.sync()

    sizes = [len(batch.rows) for batch in pipeline.warehouse.batches if batch.table is Table.EMAIL_ACTIVITIES]
    assert max(sizes) <= 50 + 20


def test_every_batch_has_a_name_of_its_own() -> None:
    """A later delivery of the same message must not be taken for a retry of an earlier one's batch."""
    pipeline = a_pipeline(steps=3)
    pipeline.dispatch()
    (topic, message), *_ = pipeline.waiting()
    pipeline.handle(topic, message)
    pipeline.clock.advance(200)

    pipeline.handle(topic, encode(replace(decode(SyncCampaign, message), sequence=2)))

    names = [batch.batch_id for batch in pipeline.warehouse.batches]
    assert len(names) == len(set(names))


def test_contacts_that_vanished_are_marked_only_by_a_finished_pass() -> None:
    """A pass that stopped halfway knows nothing of the rest."""
    pipeline = PipelineHarness(account=FakeAccount(people={number: a_contact(number) for number in range(1, 100)}))
    pipeline.sync()
    for number in range(90, 100):
        del pipeline.account.people[number]
    pipeline.steps = 2
    pipeline.dispatch("run2")
    (topic, message), *_ = pipeline.waiting()
    pipeline.handle(topic, message)
    halfway = [row for row in pipeline.warehouse.rows(Table.CONTACTS) if row["deleted_at"]]

    pipeline.steps = 1_000
    pipeline.drain()

    gone = {int(row["contact_id"]) for row in pipeline.warehouse.rows(Table.CONTACTS) if row["deleted_at"]}
    assert halfway == []
    assert gone == set(range(90, 100))
    synced = from_document(Checkpoint, pipeline.state.documents[contacts_path(ORGANIZATION)]).synced
    assert synced is not None
    assert synced["vanished"] == 10


class WithoutIds(FakeAccount):
    """An account one of whose contacts comes without an id."""

    def contacts(self, after: int) -> Iterator[ContactPage]:
        """Yield the pages, the last contact of each unreadable."""
        for page in super().contacts(after):
            yield replace(page, contacts=page.contacts[:-1], unreadable=1)


def test_a_pass_in_which_a_contact_has_no_id_marks_nobody() -> None:
    """It may be the one that seems to be missing; the run does not say that all is well."""
    people = {number: a_contact(number) for number in range(1, 10)}
    pipeline = PipelineHarness(account=FakeAccount(people=people))
    pipeline.sync()
    pipeline.account = WithoutIds(people=people)

    outcomes = pipeline.sync("run2")

    assert outcomes == [Outcome.INCOMPLETE]
    assert not any(row["deleted_at"] for row in pipeline.warehouse.rows(Table.CONTACTS))


def test_news_after_the_dispatch_is_read_by_the_next_run() -> None:
    """The counters stored are those at dispatch, the watermark the start of the read."""
    pipeline = a_pipeline(opens=30)
    pipeline.sync()
    pipeline.clock.advance(timedelta(days=3).total_seconds())
    pipeline.account.fill(1, Report.OPENS, 25, at=pipeline.clock.now())

    pipeline.sync("run2", contacts=False)
    third = pipeline.dispatch("run3", contacts=False)

    assert pipeline.stored_ids() == pipeline.account_ids()
    assert third.due == 0
