"""Deliveries of an account that is paused: nothing is asked, nothing fails, nothing is lost."""

from collections.abc import Iterator

import pytest

from sendtrail.delivery.checkpoint import Checkpoint, Status
from sendtrail.delivery.deliver import Outcome
from sendtrail.domain.campaign_report import Report, ReportPage, ReportQuery
from sendtrail.errors import AccountPaused
from sendtrail.ports import Topic
from sendtrail.state.account_pause import ensure_account_runs, pause_account, resume_account
from sendtrail.state.account_status import read_status
from sendtrail.state.documents import campaign_path, from_document
from tests.fake_account import FakeAccount, a_contact
from tests.pipeline_harness import ORGANIZATION, PipelineHarness


class Watched(FakeAccount):
    """An account that is paused after some pages, and refuses each request from then on, as its budget does."""

    pause_after = 10**9
    pages = 0
    line: PipelineHarness

    def read(self, query: ReportQuery, /) -> Iterator[ReportPage]:
        """Yield pages, and look at the pause before each."""
        pages = iter(super().read(query))
        while True:
            ensure_account_runs(self.line.state, ORGANIZATION)
            page = next(pages, None)
            if page is None:
                return
            self.pages += 1
            if self.pages == self.pause_after:
                pause_account(self.line.state, ORGANIZATION)
            yield page


def a_pipeline(opens: int = 130, **options: object) -> PipelineHarness:
    """Return a pipeline with one campaign and one contact, whose account may be paused while it is read."""
    account = Watched()
    account.fill(1, Report.OPENS, opens)
    account.people = {1: a_contact(1)}
    line = PipelineHarness(account=account, **options)  # type: ignore[arg-type]
    account.line = line
    return line


def checkpoint_of(line: PipelineHarness) -> Checkpoint:
    """Return the campaign's checkpoint."""
    return from_document(Checkpoint, line.state.documents[campaign_path(ORGANIZATION, 1)])


def failed(line: PipelineHarness) -> tuple[int, int]:
    """Return how many failures were published, and counted."""
    status = line.state.transact(lambda transaction: read_status(transaction, ORGANIZATION))
    assert status is not None
    return len(line.publisher.published[Topic.FAILURES]), status.campaigns_failed


def test_a_message_that_waits_is_acknowledged_and_its_work_is_found_again() -> None:
    """Neither the campaign nor the contacts are claimed, so the next run publishes both."""
    line = a_pipeline()
    line.dispatch()
    before = dict(line.state.documents)
    pause_account(line.state, ORGANIZATION)

    outcomes = line.drain()

    assert outcomes == [Outcome.PAUSED, Outcome.PAUSED]
    assert {path: document for path, document in line.state.documents.items() if path in before} == before
    assert failed(line) == (0, 0)
    resume_account(line.state, ORGANIZATION)
    assert line.sync("run2") == [Outcome.DONE, Outcome.DONE]
    assert line.stored_ids() == line.account_ids()


@pytest.mark.parametrize("pages", [1, 2, 5])
def test_a_delivery_ends_after_its_page_and_keeps_what_it_has_read(pages: int) -> None:
    """The rows are merged, the checkpoint says how far it is, and nobody holds its lease."""
    line = a_pipeline()
    assert isinstance(line.account, Watched)
    line.account.pause_after = pages
    line.dispatch(contacts=False)

    outcomes = line.drain()
    stored, checkpoint = line.stored_ids(), checkpoint_of(line)
    resume_account(line.state, ORGANIZATION)
    after = line.sync("run2", contacts=False)

    assert outcomes == [Outcome.PAUSED]
    assert line.account.pages >= pages
    assert 0 < len(stored) < 130
    assert (checkpoint.status, checkpoint.lease, checkpoint.reason) == (Status.RUNNING, None, None)
    assert checkpoint.progress is not None
    assert after[-1] is Outcome.DONE
    assert line.stored_ids() == line.account_ids()
    assert failed(line) == (0, 0)


def test_a_delivery_that_is_to_hand_over_publishes_no_continuation() -> None:
    """Its time is up in the very moment of the pause."""
    line = a_pipeline(steps=4)
    assert isinstance(line.account, Watched)
    line.account.pause_after = 3
    line.dispatch(contacts=False)

    outcomes = line.drain()
    checkpoint = checkpoint_of(line)

    assert outcomes == [Outcome.PAUSED]
    assert (checkpoint.sequence, checkpoint.continuation_pending) == (1, False)
    resume_account(line.state, ORGANIZATION)
    assert line.sync("run2", contacts=False)[-1] is Outcome.DONE
    assert line.stored_ids() == line.account_ids()


def test_what_is_wanted_stays_wanted_over_a_pause() -> None:
    """A read of everything that was asked for just before it."""
    line = a_pipeline()
    line.sync(contacts=False)
    line.dispatch("again", force=True, contacts=False)
    pause_account(line.state, ORGANIZATION)
    assert line.drain() == [Outcome.PAUSED]

    resume_account(line.state, ORGANIZATION)
    summary = line.dispatch("run3", contacts=False)
    outcomes = line.drain()

    assert [want.again for want in summary.still_wanted] == [True]
    assert outcomes == [Outcome.DONE]


def test_the_error_of_a_pause_is_none_of_a_report() -> None:
    """It ends the delivery, where a report that is refused costs that report alone."""
    line = a_pipeline()
    line.account.fill(1, Report.CLICKS, 20)
    assert isinstance(line.account, Watched)
    line.account.pause_after = 1
    line.dispatch(contacts=False)

    line.drain()

    with pytest.raises(AccountPaused):
        ensure_account_runs(line.state, ORGANIZATION)
    assert (checkpoint_of(line).synced, failed(line)) == (None, (0, 0))
