"""Every way in which a run can end with something missing: it is named, and the exit code is not 0."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest

from sendtrail.cli.process.exit_codes import BUSY, DONE, INTERRUPTED, MISSING
from sendtrail.cli.run.local_run import LocalRun
from sendtrail.cli.run.run_observer import RunObserver
from sendtrail.cli.run.run_result import FailureKind, RunResult
from sendtrail.cli.run.work_record import Fate
from sendtrail.delivery.observed_warehouse import ObservedWarehouse
from sendtrail.domain.work_item import CONTACTS
from sendtrail.errors import BadDocument, LeaseHeld, Rejected, Retryable, Unavailable
from sendtrail.ports import Publisher, Topic
from sendtrail.simulator import Failure
from sendtrail.simulator import FailureKind as Trouble
from sendtrail.state.documents import campaign_path, contacts_path
from sendtrail.warehouse.rows import Batch, Table
from tests.e2e.conftest import Pipeline

Make = Callable[..., Pipeline]


@dataclass
class LossyQueue:
    """A queue that loses the first message of a topic, or fails when one is to be published."""

    inner: Publisher
    topic: Topic
    error: Exception | None = None

    def publish(self, topic: Topic, messages: Sequence[bytes], /) -> None:
        """Publish all but one."""
        if topic is self.topic and self.error is not None:
            raise self.error
        self.inner.publish(topic, messages[1:] if topic is self.topic else messages)


def ending(line: Pipeline, change: Callable[[LocalRun], None] = lambda _: None, **options: Any) -> RunResult:
    """Run a sync of which something was changed after it was opened."""
    with line.open(**options) as run:
        change(run)
        return run.sync(RunObserver(on_dispatched=lambda _: None))


def on_merge(table: Table, act: Callable[[LocalRun, Batch], None]) -> Callable[[LocalRun], None]:
    """Return a change of a run: something happens each time that rows of a table have been merged."""

    def change(run: LocalRun) -> None:
        def merged(batch: Batch, _new_rows: int) -> None:
            if batch.table is table:
                act(run, batch)

        warehouse = ObservedWarehouse(inner=run.adapters.services.warehouse, on_merge=merged)
        run.adapters.services = replace(run.adapters.services, warehouse=warehouse)

    return change


def fails_with(error: BaseException) -> Callable[[LocalRun, Batch], None]:
    """Return what fails after a merge."""

    def act(_run: LocalRun, _batch: Batch) -> None:
        raise error

    return act


def through(topic: Topic, error: Exception | None = None) -> Callable[[LocalRun], None]:
    """Return a change of a run: it publishes through a queue that is not to be relied upon."""

    def change(run: LocalRun) -> None:
        # Below what counts: a message that was lost was published as far as the run knows.
        publisher: Any = run.adapters.services.publisher
        lossy = replace(publisher, inner=LossyQueue(publisher.inner, topic, error))
        run.adapters.services = replace(run.adapters.services, publisher=lossy)

    return change


def some_campaign(line: Pipeline) -> int:
    """Return the id of a campaign that was opened."""
    return next(c.id for c in line.account.campaigns_truth() if c.counters["opens"] and c.kind == "ordinary")


def test_a_run_with_nothing_missing_is_the_only_one_that_ends_with_0(pipeline: Make) -> None:
    """All fates are counted, and all are done."""
    line = pipeline()

    result = ending(line)

    assert (result.exit_code, result.failures) == (DONE, ())
    assert set(result.fates.values()) == {Fate.DONE}
    assert result.contacts is Fate.DONE
    assert result.campaigns.total() == result.summary.due > 0


def test_a_run_that_is_stopped_before_it_begins_has_reached_nothing(pipeline: Make) -> None:
    """It is no success, and names nothing as failed."""
    line = pipeline()

    result = ending(line, lambda run: run.stop())

    assert (result.exit_code, result.failures) == (INTERRUPTED, ())
    assert set(result.fates.values()) == {Fate.NOT_REACHED}


@pytest.mark.parametrize(
    ("error", "kind", "code"),
    [
        (Unavailable("the disk is full"), FailureKind.PASSING, MISSING),
        (Rejected("the warehouse refuses the rows"), FailureKind.REJECTED, MISSING),
        (LeaseHeld("another worker is at it"), FailureKind.HELD, BUSY),
        (ZeroDivisionError("a mistake"), FailureKind.FAULT, MISSING),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
@pytest.mark.parametrize("table", [Table.EMAIL_ACTIVITIES, Table.CONTACTS])
def test_rows_that_cannot_be_merged_are_missing(
    pipeline: Make, table: Table, error: Exception, kind: FailureKind, code: int
) -> None:
    """In the last flush, too, and in a thread of its own; of campaigns or of contacts."""
    line = pipeline()

    result = ending(line, on_merge(table, fails_with(error)), campaign=[some_campaign(line)])

    subject = CONTACTS if table is Table.CONTACTS else str(some_campaign(line))
    assert {failure.subject for failure in result.failures} == {subject}
    assert {failure.kind for failure in result.failures} == {kind}
    assert (result.exit_code, result.fates[subject]) == (code, Fate.FAILED)


def test_work_that_another_worker_has_taken_over_is_not_done(pipeline: Make) -> None:
    """Whoever has it may never finish it."""
    line = pipeline()
    path = campaign_path("main", some_campaign(line))

    def steal(run: LocalRun, _batch: Batch) -> None:
        def work(transaction: Any) -> None:
            stored = transaction.get(path)
            transaction.set(path, {**stored, "lease": {**stored["lease"], "token": "another"}})

        run.adapters.services.state.transact(work)

    result = ending(line, on_merge(Table.EMAIL_ACTIVITIES, steal), campaign=[some_campaign(line)], contacts=False)

    [failure] = result.failures
    assert (failure.kind, result.exit_code) == (FailureKind.LEFT, MISSING)


@pytest.mark.parametrize("topic", [Topic.CAMPAIGNS, Topic.CONTACTS])
def test_a_message_that_was_lost_is_missed(pipeline: Make, topic: Topic) -> None:
    """Nobody reported a failure: that nothing was heard of it is one."""
    result = ending(pipeline(), through(topic))

    [failure] = result.failures
    assert (failure.kind, failure.reason) == (FailureKind.LEFT, "it was not reached")
    assert (failure.subject == CONTACTS) is (topic is Topic.CONTACTS)
    assert result.exit_code == MISSING


@pytest.mark.parametrize("topic", [Topic.CAMPAIGNS, Topic.CONTACTS])
def test_what_cannot_be_published_ends_the_run(pipeline: Make, topic: Topic) -> None:
    """As a sentence."""
    with pytest.raises(Unavailable, match="the queue is full"):
        ending(pipeline(), through(topic, Unavailable("the queue is full")))


def test_a_campaign_that_is_named_twice_is_read_once(pipeline: Make) -> None:
    """And counted once."""
    line = pipeline()
    chosen = some_campaign(line)

    result = ending(line, campaign=[chosen, chosen], contacts=False)

    assert (result.exit_code, result.fates) == (DONE, {str(chosen): Fate.DONE})


def test_a_campaign_that_is_not_there_is_missing_beside_one_that_is(pipeline: Make) -> None:
    """The other is in."""
    line = pipeline()

    result = ending(line, campaign=[some_campaign(line), 987_654], contacts=False)

    assert [(each.subject, each.kind) for each in result.failures] == [("987654", FailureKind.UNKNOWN)]
    assert (result.exit_code, result.campaigns[Fate.DONE]) == (MISSING, 1)


def test_what_listing_the_campaigns_took_counts_in_the_run(pipeline: Make) -> None:
    """In the table of runs as in the summary."""
    line = pipeline()
    line.account.fail(Failure(kind=Trouble.UNAVAILABLE, times=2, match="/api/3/campaigns"))

    result = line.sync(campaign=[some_campaign(line)], contacts=False)

    with line.open() as run:
        [(retries, requests)] = run.warehouse.query("SELECT retries, requests FROM marketing_ai.runs").rows
    assert result.exit_code == DONE
    assert (retries, requests) == (2, line.stats.requests)


@pytest.mark.parametrize("trouble", [Trouble.EMPTY_PAGE, Trouble.SERVER_ERROR, Trouble.REDIRECT, Trouble.EMPTY_BODY])
def test_campaigns_that_cannot_all_be_listed_are_no_success(pipeline: Make, trouble: Trouble) -> None:
    """A list that ends too soon is not taken for all there is."""
    line = pipeline()
    line.account.fail(Failure(kind=trouble, times=None, match="/api/3/campaigns"))

    with pytest.raises((Rejected, Retryable)):
        ending(line)


@pytest.mark.parametrize("trouble", [Trouble.EMPTY_PAGE, Trouble.SERVER_ERROR, Trouble.REDIRECT])
def test_contacts_that_fail_leave_the_campaigns_in(pipeline: Make, trouble: Trouble) -> None:
    """They alone are missing."""
    line = pipeline()
    line.account.fail(Failure(kind=trouble, times=None, match="/api/3/contacts"))

    result = ending(line)

    assert {failure.subject for failure in result.failures} == {CONTACTS}
    assert (result.exit_code, result.contacts) == (MISSING, Fate.FAILED)
    assert set(result.campaigns) == {Fate.DONE}


@pytest.mark.parametrize("trouble", [Trouble.SERVER_ERROR, Trouble.RATE_LIMITED, Trouble.RESULT_CODE_0, Trouble.HTML])
def test_a_report_that_fails_to_the_end_is_missing(pipeline: Make, trouble: Trouble) -> None:
    """Whether for good or as long as anybody asked."""
    line = pipeline()
    chosen = some_campaign(line)
    match = f"open_list&api_output=json&campaignid={chosen}&"
    line.account.fail(Failure(kind=trouble, times=None, match=match, seconds=0.0))

    result = ending(line, campaign=[chosen], contacts=False)

    assert {failure.subject for failure in result.failures} == {str(chosen)}
    assert result.exit_code == MISSING
    assert result.fates[str(chosen)] in {Fate.FAILED, Fate.INCOMPLETE}


def test_a_checkpoint_that_cannot_be_read_is_missing(pipeline: Make) -> None:
    """The other campaigns are in."""
    line = pipeline()
    path = campaign_path("main", some_campaign(line))

    def spoil(run: LocalRun) -> None:
        run.adapters.services.state.transact(lambda transaction: transaction.set(path, {"status": "who knows"}))

    result = ending(line, spoil)

    assert {failure.subject for failure in result.failures} == {str(some_campaign(line))}
    assert (result.exit_code, set(result.campaigns)) == (MISSING, {Fate.DONE})


def test_a_checkpoint_of_the_contacts_that_cannot_be_read_is_no_success(pipeline: Make) -> None:
    """It is said which document it is about."""
    line = pipeline()

    def spoil(run: LocalRun) -> None:
        path = contacts_path("main")
        run.adapters.services.state.transact(lambda transaction: transaction.set(path, {"status": "who knows"}))

    try:
        code = ending(line, spoil).exit_code
    except BadDocument:
        code = MISSING
    assert code == MISSING
