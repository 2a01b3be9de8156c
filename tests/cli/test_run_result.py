"""What became of the work of a run, and the exit code that says so."""

import pytest

from sendtrail.cli.process.exit_codes import BUSY, DONE, INTERRUPTED, MISSING
from sendtrail.cli.run.run_result import Failure, FailureKind, RunResult, dropped, left_behind, with_closing
from sendtrail.cli.run.work_record import Fate, ObservedPublisher, WorkRecord
from sendtrail.delivery.deliver import Outcome
from sendtrail.domain.messages import Reason, SyncCampaign, SyncContacts, encode
from sendtrail.domain.work_item import WorkItem
from sendtrail.errors import LeaseHeld, Unavailable
from sendtrail.ports import Topic
from sendtrail.sync.runs.stored_run import Summary
from tests.fakes import MemoryPublisher

SUMMARY = Summary(run_id="run1", organization_id="main", campaigns=9, due=9, published=10)


def campaign(number: int) -> bytes:
    """Return a message for a campaign."""
    return encode(
        SyncCampaign(
            organization_id="main", campaign_id=number, campaign_name="", split=False, run_id="run1", sequence=1,
            reason=Reason.NEW, since=None, counters={},
        )
    )  # fmt: skip


def item(subject: str, *, sequence: int = 1) -> WorkItem:
    """Return the item of a delivery."""
    return WorkItem(organization_id="main", subject=subject, run_id="run1", sequence=sequence)


def failure(kind: FailureKind) -> Failure:
    """Return a failure of a kind."""
    return Failure(subject="7", reason="because", kind=kind)


def result(*failures: Failure, interrupted: bool = False) -> RunResult:
    """Return the result of a run."""
    return RunResult(summary=SUMMARY, failures=failures, interrupted=interrupted, seconds=1.0)


@pytest.fixture
def record() -> WorkRecord:
    """Give the record of a run that has published campaigns 1 and 2, and the contacts."""
    found = WorkRecord()
    publisher = ObservedPublisher(inner=MemoryPublisher(), on_published=found.on_published)
    publisher.publish(Topic.CAMPAIGNS, [campaign(1), campaign(2)])
    publisher.publish(Topic.CONTACTS, [encode(SyncContacts(organization_id="main", run_id="run1", sequence=1))])
    return found


@pytest.mark.parametrize(
    ("outcome", "fate"),
    [
        (Outcome.DONE, Fate.DONE),
        (Outcome.INCOMPLETE, Fate.INCOMPLETE),
        (Outcome.FAILED, Fate.FAILED),
        (Outcome.CONTINUED, Fate.STOPPED_HALFWAY),
        (Outcome.REPUBLISHED, Fate.STOPPED_HALFWAY),
        (Outcome.LOST, Fate.STOPPED_HALFWAY),
        (Outcome.STALE, Fate.NOT_REACHED),
        (Outcome.PAUSED, Fate.PAUSED),
        (Outcome.WITHDRAWN, Fate.WITHDRAWN),
    ],
)
def test_only_a_delivery_that_is_done_counts_as_done(record: WorkRecord, outcome: Outcome, fate: Fate) -> None:
    """Each outcome says what became of the campaign."""
    record.on_ended(item("1"), outcome)

    assert record.fates() == {"1": fate, "2": Fate.NOT_REACHED, "contacts": Fate.NOT_REACHED}


def test_every_outcome_is_in_the_test_above() -> None:
    """A new one needs a fate."""
    [mark] = test_only_a_delivery_that_is_done_counts_as_done.pytestmark  # type: ignore[attr-defined]

    assert {outcome for outcome, _ in mark.args[1]} == set(Outcome)


def test_a_duplicate_takes_nothing_back(record: WorkRecord) -> None:
    """Its work was done by the message before."""
    record.on_ended(item("1"), Outcome.DONE)
    record.on_ended(item("1"), Outcome.STALE)

    assert record.fates()["1"] is Fate.DONE


def test_a_continuation_that_is_faster_than_its_parent_is_done(record: WorkRecord) -> None:
    """It is published before the delivery that hands over has ended."""
    record.on_ended(item("1", sequence=2), Outcome.DONE)
    record.on_ended(item("1", sequence=1), Outcome.CONTINUED)

    assert record.fates()["1"] is Fate.DONE


def test_an_error_leaves_a_campaign_halfway_until_it_is_given_up(record: WorkRecord) -> None:
    """It may be delivered again."""
    record.on_error(item("1"))
    before = record.fates()["1"]
    record.on_given_up("1")

    assert (before, record.fates()["1"]) == (Fate.STOPPED_HALFWAY, Fate.FAILED)


def test_work_that_nobody_heard_of_again_is_missing(record: WorkRecord) -> None:
    """Unless a failure names it already."""
    record.on_ended(item("contacts"), Outcome.DONE)
    record.on_ended(item("2"), Outcome.FAILED)

    [left] = left_behind(record.fates(), named=[Failure(subject="2", reason="no permission")])

    assert (left.subject, left.reason, left.kind) == ("1", "it was not reached", FailureKind.LEFT)


@pytest.mark.parametrize(
    ("error", "kind", "reason"),
    [
        (LeaseHeld("another worker"), FailureKind.HELD, "another worker"),
        (Unavailable("503"), FailureKind.PASSING, "503"),
        (KeyError("times"), FailureKind.FAULT, "KeyError: 'times'"),
    ],
)
def test_what_was_given_up_is_told_apart_by_what_to_do(error: Exception, kind: FailureKind, reason: str) -> None:
    """A fault of ours is named as one."""
    found = dropped("7", error)

    assert (found.kind, found.reason) == (kind, reason)


@pytest.mark.parametrize("kind", [kind for kind in FailureKind if kind is not FailureKind.HELD])
def test_whatever_is_missing_is_no_success(kind: FailureKind) -> None:
    """Nor is it busy, if only something else is."""
    assert result(failure(kind)).exit_code == MISSING
    assert result(failure(kind), failure(FailureKind.HELD)).exit_code == MISSING


def test_each_exit_code_has_its_case() -> None:
    """An interruption is one, whatever else there is."""
    assert result().exit_code == DONE
    assert result(failure(FailureKind.HELD)).exit_code == BUSY
    assert result(interrupted=True).exit_code == INTERRUPTED
    assert result(failure(FailureKind.PART), interrupted=True).exit_code == INTERRUPTED


def test_a_file_that_could_not_be_closed_properly_is_no_success() -> None:
    """A run that closed it has the result that it had."""
    assert with_closing(result(), "both files").exit_code == MISSING
    assert with_closing(result(), None).exit_code == DONE
