"""A pass over the contacts that would mark many of them as deleted reads once more, and then stops."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from sendtrail.delivery.checkpoint import Checkpoint, Status
from sendtrail.delivery.deliver import Again, Finished, Outcome
from sendtrail.domain.contact import ContactPage
from sendtrail.domain.deletion_guard import DeletionGuard
from sendtrail.domain.messages import SyncContacts, WorkFailed, decode
from sendtrail.errors import PermissionRefused
from sendtrail.ports import Topic
from sendtrail.state.documents import contacts_path, from_document, to_document
from sendtrail.sync.contacts import ContactsProgress, ContactsTask
from sendtrail.warehouse.rows import Table
from tests.fake_account import FakeAccount, a_contact
from tests.pipeline_harness import ORGANIZATION, PipelineHarness


class CutShort(FakeAccount):
    """An account whose list of contacts ends too early for the first `times` passes, or says that it is empty.

    Where it does not show its end (`shows_end`), the last contact is not there either when it is asked for again.
    """

    times = 1
    length = 20
    shows_end = True
    passes = 0

    def contacts(self, after: int) -> Iterator[ContactPage]:
        """Yield the pages of the list."""
        if not after:
            self.passes += 1
        if self.passes <= self.times:
            people = dict(sorted(self.people.items())[: self.length])
            yield from FakeAccount(people=people).contacts(after)
            if not self.shows_end:
                yield ContactPage(contacts=[], last_id=max(people), is_contradicted=True)
            return
        yield from super().contacts(after)


class ListsNobodyAnyMore(FakeAccount):
    """An account that lists 20 contacts, and then nobody."""

    has_listed = False

    def contacts(self, after: int) -> Iterator[ContactPage]:
        """Yield one page of the list."""
        if not self.has_listed:
            self.has_listed = True
            yield next(super().contacts(after))
            yield ContactPage(contacts=[], last_id=20, is_contradicted=True)


class InNoOrder(FakeAccount):
    """An account that heeds no order of ids: none of its contacts is where to go on from."""

    def contacts(self, after: int) -> Iterator[ContactPage]:
        """Yield the pages of the list."""
        yield from (replace(page, last_id=after) for page in super().contacts(after))


class WithoutTotal(FakeAccount):
    """An account that does not say how many contacts it has."""

    def contact_count(self) -> int | None:
        """Refuse to say so."""
        raise PermissionRefused("the user may not list contacts")


def synced(account: type[FakeAccount] = FakeAccount, **options: object) -> PipelineHarness:
    """Return a pipeline that knows 100 contacts of an account, which is another kind of account from now on."""
    people = {number: a_contact(number) for number in range(1, 101)}
    pipeline = PipelineHarness(account=FakeAccount(people=people), **options)  # type: ignore[arg-type]
    pipeline.sync("run0")
    pipeline.account = account(people=dict(people))
    pipeline.clock.advance(3_600)
    return pipeline


def deleted(pipeline: PipelineHarness) -> list[int]:
    """Return the contacts that are marked as deleted."""
    return sorted(int(row["contact_id"]) for row in pipeline.warehouse.rows(Table.CONTACTS) if row["deleted_at"])


def failures(pipeline: PipelineHarness) -> list[str]:
    """Return the reasons that were published, and take them."""
    return [decode(WorkFailed, data).reason for data in pipeline.publisher.take(Topic.FAILURES)]


def test_a_list_that_is_complete_when_read_again_costs_a_second_pass_and_nobody() -> None:
    """It was cut short once: no failure, and those who are really gone are marked."""
    pipeline = synced(CutShort)
    del pipeline.account.people[7]

    outcomes = pipeline.sync("run1")

    assert outcomes == [Outcome.DONE]
    assert (deleted(pipeline), failures(pipeline)) == ([7], [])


def test_a_list_that_stays_short_marks_nobody_and_says_so() -> None:
    """What was read of it is merged, the run is no success, and the next run reads again."""
    pipeline = synced(CutShort)
    pipeline.account.times = 100  # type: ignore[attr-defined]
    pipeline.account.people[3] = a_contact(3, first_name="Renamed", updated_at=pipeline.clock.now())

    outcomes = pipeline.sync("run1")

    [reason] = failures(pipeline)
    names = {row["contact_id"]: row["first_name"] for row in pipeline.warehouse.rows(Table.CONTACTS)}
    assert outcomes == [Outcome.INCOMPLETE]
    assert (deleted(pipeline), names["3"]) == ([], "Renamed")
    assert "80 of 100" in reason
    assert "the list holds 20" in reason
    assert "says that it has 100" in reason


@pytest.mark.parametrize("times", [1, 100])
def test_a_list_that_ends_in_its_middle_marks_nobody_however_few_are_behind(times: int) -> None:
    """Three of a hundred are few enough to be believed, but not of an account that lists nobody any more."""
    pipeline = synced(CutShort)
    pipeline.account.times, pipeline.account.length, pipeline.account.shows_end = times, 97, False  # type: ignore[attr-defined]

    outcomes = pipeline.sync("run1")

    assert deleted(pipeline) == []
    if times == 1:
        assert (outcomes, failures(pipeline)) == ([Outcome.DONE], [])
    else:
        [reason] = failures(pipeline)
        assert outcomes == [Outcome.INCOMPLETE]
        assert "lists nobody after contact 97 any more" in reason


def test_a_first_pass_after_which_nobody_is_listed_any_more_is_no_success() -> None:
    """Those after its last page are missing, and nobody was known before it."""
    people = {number: a_contact(number) for number in range(1, 101)}
    pipeline = PipelineHarness(account=ListsNobodyAnyMore(people=people))

    assert pipeline.sync("run0") == [Outcome.INCOMPLETE]
    [reason] = failures(pipeline)
    assert "20 of 20 known contacts are missing" in reason
    assert deleted(pipeline) == []


def test_contacts_that_are_read_by_place_are_marked_as_others_are() -> None:
    """None of their pages says from where to go on, and the pass has seen them all the same."""
    pipeline = synced(InNoOrder)
    del pipeline.account.people[7]

    outcomes = pipeline.sync("run1")

    assert outcomes == [Outcome.DONE]
    assert (deleted(pipeline), failures(pipeline)) == ([7], [])


@pytest.mark.parametrize("is_second", [False, True])
def test_a_pass_that_sees_nobody_any_more_is_not_believed(*, is_second: bool) -> None:
    """An earlier delivery of it has seen all, and died before it could record how far it came."""
    pipeline = synced()
    message = SyncContacts(organization_id=ORGANIZATION, run_id="run0", sequence=1)
    options = {"guard": DeletionGuard(accepted=True), "erases_gone": False}
    task = ContactsTask(message, pipeline.account, pipeline.services, **options)  # type: ignore[arg-type]
    progress = ContactsProgress(pass_id="run0_1", started_at=pipeline.clock.now(), is_second=is_second)

    result = task.finish(to_document(progress), lambda: None)

    assert bool(isinstance(result, Finished) and result.failures) == is_second
    assert isinstance(result, Again) != is_second


def test_an_empty_list_marks_nobody() -> None:
    """Such as that of a key that may see nothing."""
    pipeline = synced(CutShort)
    pipeline.account.times, pipeline.account.length = 100, 0  # type: ignore[attr-defined]

    assert pipeline.sync("run1") == [Outcome.INCOMPLETE]
    assert deleted(pipeline) == []
    assert len(failures(pipeline)) == 1


def test_half_an_account_that_was_really_deleted_is_marked_once_that_is_accepted() -> None:
    """The pass before stopped; nothing of it is in the way."""
    pipeline = synced()
    for number in range(51, 101):
        del pipeline.account.people[number]
    pipeline.sync("run1")
    stopped = deleted(pipeline)
    pipeline.guard = DeletionGuard(accepted=True)

    outcomes = pipeline.sync("run2")

    assert stopped == []
    assert outcomes == [Outcome.DONE]
    assert deleted(pipeline) == list(range(51, 101))


def test_an_account_that_was_emptied_is_marked_once_that_is_accepted() -> None:
    """A pass that sees nobody has no rows of its own to go by."""
    pipeline = synced()
    pipeline.account.people = {}
    pipeline.sync("run1")
    pipeline.guard = DeletionGuard(accepted=True)

    outcomes = pipeline.sync("run2")

    assert outcomes == [Outcome.DONE]
    assert deleted(pipeline) == list(range(1, 101))


def test_an_account_that_does_not_say_how_many_contacts_it_has_is_no_worse_off() -> None:
    """Its silence is part of the reason."""
    pipeline = synced(WithoutTotal)
    pipeline.account.people = {1: a_contact(1)}

    pipeline.sync("run1")

    [reason] = failures(pipeline)
    assert "does not say how many" in reason
    assert deleted(pipeline) == []


def test_contacts_that_are_new_do_not_hide_those_that_are_gone() -> None:
    """Another account's contacts may be many more than those that are known."""
    pipeline = synced()
    pipeline.account.people = {number: a_contact(number) for number in range(1_001, 2_001)}

    assert pipeline.sync("run1") == [Outcome.INCOMPLETE]
    assert deleted(pipeline) == []


@pytest.mark.parametrize("steps", [1, 2, 3])
def test_a_second_pass_may_take_many_deliveries(steps: int) -> None:
    """Each hands over to the next, as in any pass."""
    pipeline = synced(CutShort)
    del pipeline.account.people[7]
    pipeline.steps = steps

    outcomes = pipeline.sync("run1")

    checkpoint = from_document(Checkpoint, pipeline.state.documents[contacts_path(ORGANIZATION)])
    assert outcomes[-1] is Outcome.DONE
    assert (deleted(pipeline), checkpoint.status) == ([7], Status.DONE)


def operations_of_a_doubted_run() -> range:
    """Return the numbers of the operations of a run that reads the contacts twice."""
    pipeline = synced(CutShort)
    before = pipeline.crash_point.operations
    pipeline.sync("run1")
    return range(before + 1, pipeline.crash_point.operations + 1)


@pytest.mark.parametrize("kill_at", operations_of_a_doubted_run())
def test_a_worker_that_is_killed_in_or_between_the_passes_marks_nobody_else(kill_at: int) -> None:
    """At any operation of a delivery that reads twice."""
    pipeline = synced(CutShort)
    del pipeline.account.people[7]
    pipeline.crash_point.kill_at = kill_at

    pipeline.sync("run1")
    pipeline.sync("run2")

    assert deleted(pipeline) == [7]
