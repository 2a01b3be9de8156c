"""A message that is delivered again after its work failed, as by seeking a subscription back, tries it again."""

from collections.abc import Iterator

import pytest

from sendtrail.delivery.checkpoint import Checkpoint
from sendtrail.delivery.deliver import Outcome
from sendtrail.domain.campaign_report import Report, ReportPage, ReportQuery
from sendtrail.domain.contact import ContactPage
from sendtrail.errors import KeyRefused
from sendtrail.ports import Topic
from sendtrail.state.account_status import AccountStatus
from sendtrail.state.documents import account_path, campaign_path, from_document
from tests.fake_account import FakeAccount, a_contact
from tests.pipeline_harness import ORGANIZATION, PipelineHarness


class Locked(FakeAccount):
    """An account that refuses the key until it is mended."""

    is_locked = True

    def read(self, query: ReportQuery) -> Iterator[ReportPage]:
        """Yield the pages of a report."""
        if self.is_locked:
            raise KeyRefused("the account does not accept the API key")
        yield from super().read(query)


def a_pipeline(**options: object) -> PipelineHarness:
    """Return a pipeline whose account refuses the key, with two campaigns that were dispatched."""
    account = Locked(people={1: a_contact(1)})
    for campaign_id in (1, 2):
        account.fill(campaign_id, Report.OPENS, 90)
    pipeline = PipelineHarness(account=account, **options)  # type: ignore[arg-type]
    pipeline.dispatch("run1", contacts=False)
    return pipeline


def mend(pipeline: PipelineHarness) -> None:
    """Have the account accept the key."""
    assert isinstance(pipeline.account, Locked)
    pipeline.account.is_locked = False


def counts(pipeline: PipelineHarness) -> tuple[int, int, int]:
    """Return the campaigns that the run had to sync, those completed, and those failed."""
    status = from_document(AccountStatus, pipeline.state.documents[account_path(ORGANIZATION)])
    return status.campaigns_total, status.campaigns_completed, status.campaigns_failed


def checkpoint_of(pipeline: PipelineHarness) -> Checkpoint:
    """Return the checkpoint of the first campaign."""
    return from_document(Checkpoint, pipeline.state.documents[campaign_path(ORGANIZATION, 1)])


def test_a_replay_after_the_key_was_mended_brings_everything() -> None:
    """The very same messages; each campaign is counted once, by how it ended."""
    pipeline = a_pipeline()
    replayed = pipeline.waiting()
    failed = [pipeline.handle(*message) for message in replayed]
    counted = counts(pipeline)
    mend(pipeline)

    done = [pipeline.handle(*message) for message in replayed]

    assert (failed, counted) == ([Outcome.FAILED] * 2, (2, 0, 2))
    assert (done, counts(pipeline)) == ([Outcome.DONE] * 2, (2, 2, 0))
    assert pipeline.stored_ids() == pipeline.account_ids()
    assert checkpoint_of(pipeline).reason is None


def test_what_fails_again_is_counted_once() -> None:
    """However often it is delivered: a duplicate costs another try, and the messages are acknowledged."""
    pipeline = a_pipeline()
    replayed = pipeline.waiting()

    outcomes = [pipeline.handle(*message) for message in replayed * 3]

    assert outcomes == [Outcome.FAILED] * 6
    assert counts(pipeline) == (2, 0, 2)


def test_a_replay_of_finished_work_costs_no_request() -> None:
    """It is done: one transaction a message."""
    pipeline = a_pipeline()
    mend(pipeline)
    replayed = pipeline.waiting()
    for message in replayed:
        pipeline.handle(*message)
    pipeline.account.queries.clear()

    assert [pipeline.handle(*message) for message in replayed] == [Outcome.STALE] * 2
    assert pipeline.account.queries == []
    assert counts(pipeline) == (2, 2, 0)


@pytest.mark.parametrize("is_handled_first", [True, False], ids=["after the next run", "before it"])
def test_a_replay_of_an_earlier_run_does_not_count_in_the_next(*, is_handled_first: bool) -> None:
    """The status is that of the latest run, whose own messages count."""
    pipeline = a_pipeline()
    replayed = pipeline.waiting()
    for message in replayed:
        pipeline.handle(*message)
    mend(pipeline)
    pipeline.dispatch("run2", contacts=False)
    later = pipeline.waiting()

    for message in later + replayed if is_handled_first else replayed + later:
        pipeline.handle(*message)

    assert counts(pipeline) == (2, 2, 0)
    assert pipeline.stored_ids() == pipeline.account_ids()


def test_a_replay_goes_on_where_the_work_had_failed() -> None:
    """What was read before the key was revoked is not read again, but for one page."""
    pipeline = a_pipeline(steps=4)
    mend(pipeline)
    first, *_ = pipeline.waiting()
    assert pipeline.handle(*first) is Outcome.CONTINUED
    (continuation,) = pipeline.waiting()
    pipeline.account.is_locked = True  # type: ignore[attr-defined]
    assert pipeline.handle(*continuation) is Outcome.FAILED
    mend(pipeline)
    pipeline.account.queries.clear()

    outcomes = [pipeline.handle(*message) for message in (first, continuation)]

    assert outcomes == [Outcome.STALE, Outcome.CONTINUED]
    assert min(query.position.page for query in pipeline.account.queries if query.report is Report.OPENS) > 1


class Stuck(FakeAccount):
    """An account whose contacts lead nowhere."""

    def contacts(self, after: int) -> Iterator[ContactPage]:
        """Yield a page that ends where it began, for ever."""
        while True:
            yield ContactPage(contacts=[self.people[1]], last_id=max(after, 1))


def test_a_continuation_that_gets_nowhere_fails_again_when_it_is_replayed() -> None:
    """It is no loop: each replay is one delivery, which publishes nothing but its failure."""
    pipeline = PipelineHarness(account=Stuck(people={1: a_contact(1)}), steps=3)
    pipeline.dispatch("run1")
    (first,) = pipeline.waiting()
    assert pipeline.handle(*first) is Outcome.CONTINUED
    (continuation,) = pipeline.waiting()

    outcomes = [pipeline.handle(*message) for message in (continuation, first, continuation)]

    assert outcomes == [Outcome.FAILED, Outcome.STALE, Outcome.FAILED]
    assert pipeline.waiting() == []


def test_a_pass_of_the_contacts_that_failed_is_tried_again_by_its_message() -> None:
    """Contacts are counted nowhere."""
    pipeline = PipelineHarness(account=FakeAccount(people={1: a_contact(1)}))
    pipeline.dispatch("run1")
    ((topic, data),) = pipeline.waiting()
    people = pipeline.account.contacts

    def refuse(after: int) -> Iterator[object]:  # noqa: ARG001
        raise KeyRefused("the account does not accept the API key")

    pipeline.account.contacts = refuse  # type: ignore[assignment,method-assign]
    failed = pipeline.handle(topic, data)
    pipeline.account.contacts = people  # type: ignore[method-assign]

    assert (topic, failed, pipeline.handle(topic, data)) == (Topic.CONTACTS, Outcome.FAILED, Outcome.DONE)
