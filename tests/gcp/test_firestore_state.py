"""FirestoreState against Google's emulator, with trouble on the wire; tests/contracts has what every state does."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import uuid4

import grpc
import pytest

from sendtrail.errors import LeaseLost, Unavailable
from sendtrail.gcp.firestore_state import MAX_ATTEMPTS, FirestoreState
from sendtrail.ports import State, Transaction
from tests.fakes import FakeClock
from tests.gcp.connections_for_tests import Trouble, TroubledWire, database_behind

PATH = "sync_state/contacts_acme"
OTHER = "sync_state/email_activities_acme"
ABORTED = grpc.StatusCode.ABORTED
UNAVAILABLE = grpc.StatusCode.UNAVAILABLE
FORBIDDEN = grpc.StatusCode.PERMISSION_DENIED

ReadWindow = Callable[..., FirestoreState]


@pytest.fixture
def reach(firestore_address: str) -> Iterator[ReadWindow]:
    """Give a way to reach one empty database over wires of the test's own, as workers with ids of their own."""
    project_id = f"test-{uuid4().hex[:12]}"
    workers = count()
    with ExitStack() as stack:

        def reached(wire: TroubledWire | None = None, *, clock: FakeClock | None = None) -> FirestoreState:
            worker, ids = next(workers), count()
            behind = database_behind(wire or TroubledWire(), address=firestore_address, project_id=project_id)
            return FirestoreState(
                stack.enter_context(behind), clock=clock or FakeClock(), new_id=lambda: f"{worker}-{next(ids)}"
            )

        yield reached


def add_one(transaction: Transaction) -> int:
    """Count one more, and return how many there are."""
    before = transaction.get(PATH) or {"count": 0}
    transaction.set(PATH, {"count": before["count"] + 1})
    return int(before["count"]) + 1


def read_count(state: State) -> int:
    """Return how many were counted."""
    document = state.transact(lambda transaction: transaction.get(PATH))
    return int(document["count"]) if document else 0


@pytest.mark.parametrize("method", ["BatchGetDocuments", "Commit"])
@pytest.mark.parametrize(
    "code", [ABORTED, UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED, grpc.StatusCode.RESOURCE_EXHAUSTED]
)
def test_trouble_that_may_pass_is_waited_out(reach: ReadWindow, method: str, code: grpc.StatusCode) -> None:
    """Contention and outages lead to another attempt after a pause, at whichever call they are met."""
    clock = FakeClock()
    state = reach(TroubledWire(Trouble(method=method, code=code)), clock=clock)

    assert state.transact(add_one) == 1
    assert read_count(state) == 1
    assert len(clock.slept) == 1


@pytest.mark.parametrize("code", [ABORTED, UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED, grpc.StatusCode.UNKNOWN])
def test_a_commit_that_succeeded_but_reported_an_error_happens_once(reach: ReadWindow, code: grpc.StatusCode) -> None:
    """The work is not run upon its own writes: the attempt that landed is known by its id, and its result returned."""
    state = reach(TroubledWire(Trouble(method="Commit", code=code, is_done=True)))

    assert state.transact(add_one) == 1
    assert read_count(state) == 1


def test_a_commit_that_landed_is_found_behind_further_trouble(reach: ReadWindow) -> None:
    """The attempt after the lost answer may fail too."""
    lost = Trouble(method="Commit", code=ABORTED, is_done=True)
    state = reach(TroubledWire(lost, Trouble(method="BatchGetDocuments", code=UNAVAILABLE)))

    assert state.transact(add_one) == 1
    assert read_count(state) == 1


def test_an_equal_write_of_another_worker_is_not_taken_for_ours(reach: ReadWindow) -> None:
    """A worker that lost the race counts again, though the winner wrote just what it would have written."""
    state, other = reach(), reach()
    racers = iter([other])

    def work(transaction: Transaction) -> int:
        total = add_one(transaction)
        for racer in racers:
            racer.transact(add_one)
        return total

    assert state.transact(work) == 2
    assert read_count(state) == 2


@pytest.mark.parametrize("before", [None, {"status": "running"}])
def test_a_document_that_was_only_read_is_still_as_it_was(reach: ReadWindow, before: dict[str, str] | None) -> None:
    """What a decision rests on has not moved when it is stored, whether it is written or not."""
    state, other = reach(), reach()
    if before:
        state.transact(lambda transaction: transaction.set(OTHER, before))
    racers = iter([other])
    seen: list[object] = []

    def work(transaction: Transaction) -> None:
        seen.append(transaction.get(OTHER))
        transaction.set(PATH, {"count": 1})
        for racer in racers:
            racer.transact(lambda theirs: theirs.set(OTHER, {"status": "done"}))

    state.transact(work)

    assert seen == [before, {"status": "done"}]


def test_checking_what_was_read_changes_nothing_of_it(reach: ReadWindow) -> None:
    """A document that was only read stays as it is, and one that was not there does not appear."""
    state = reach()
    state.transact(lambda transaction: transaction.set(OTHER, {"status": "running"}))

    def work(transaction: Transaction) -> None:
        transaction.get(OTHER)
        transaction.get("runs/none")
        transaction.set(PATH, {"count": 1})

    state.transact(work)

    assert state.transact(lambda transaction: transaction.get(OTHER)) == {"status": "running"}
    assert list(state.children("runs")) == []


def test_contention_without_end_is_unavailable(reach: ReadWindow) -> None:
    """Attempts are bounded in number, with growing pauses between them, and the last error is raised."""
    clock = FakeClock()
    wire = TroubledWire(*[Trouble(method="Commit", code=ABORTED, text="too much contention")] * 99)

    with pytest.raises(Unavailable, match="too much contention"):
        reach(wire, clock=clock).transact(add_one)

    assert wire.calls.count("Commit") == len(clock.slept) + 1 == MAX_ATTEMPTS


@pytest.mark.parametrize("method", ["BatchGetDocuments", "Commit"])
def test_what_waiting_does_not_mend_is_not_tried_again(reach: ReadWindow, method: str) -> None:
    """A right that is missing is trouble at once."""
    wire = TroubledWire(Trouble(method=method, code=FORBIDDEN))

    with pytest.raises(Unavailable):
        reach(wire).transact(add_one)

    assert wire.calls.count(method) == 1


@pytest.mark.parametrize("error", [LeaseLost("another's"), ValueError("of the work"), KeyError("a bug")])
def test_an_error_of_the_work_is_no_reason_to_run_it_again(reach: ReadWindow, error: Exception) -> None:
    """It is passed on as it is, and nothing is sent."""
    wire = TroubledWire()

    def work(transaction: Transaction) -> None:
        add_one(transaction)
        raise error

    with pytest.raises(type(error)) as raised:
        reach(wire).transact(work)

    assert raised.value is error
    assert wire.calls == ["BatchGetDocuments"]


def test_reading_costs_one_call_a_document_and_no_commit(reach: ReadWindow) -> None:
    """A document is read once, however often it is asked for."""
    wire = TroubledWire()

    reach(wire).transact(lambda transaction: [transaction.get(PATH), transaction.get(PATH), transaction.now])

    assert wire.calls == ["BatchGetDocuments"]


def test_now_is_the_servers(reach: ReadWindow) -> None:
    """The clock is the store's, not the worker's, and stands still within a transaction."""
    state = reach(clock=FakeClock(datetime(1999, 1, 1, tzinfo=UTC)))

    def work(transaction: Transaction) -> tuple[datetime, datetime]:
        transaction.get(PATH)
        first = transaction.now
        transaction.get(OTHER)
        return first, transaction.now

    first, second = state.transact(work)
    assert first == second
    assert abs(first - datetime.now(UTC)) < timedelta(minutes=1)
    assert (type(first), first.tzinfo) == (datetime, UTC)


def test_now_can_be_asked_before_anything_was_read(reach: ReadWindow) -> None:
    """It costs a read of its own."""
    wire = TroubledWire()

    now = reach(wire).transact(lambda transaction: transaction.now)

    assert abs(now - datetime.now(UTC)) < timedelta(minutes=1)
    assert wire.calls == ["BatchGetDocuments"]


def test_the_mark_of_the_writer_is_not_shown(reach: ReadWindow) -> None:
    """Documents read as they were written, singly and in lists; times are aware and plain."""
    document = {"at": datetime(2025, 6, 1, 12, 30, 15, 123456, tzinfo=UTC), "nested": {"a.b": [{"none": None}, 1.5]}}
    state = reach()

    state.transact(lambda transaction: transaction.set(f"{PATH}/parts/1", document))

    assert state.transact(lambda transaction: transaction.get(f"{PATH}/parts/1")) == document
    assert list(state.children(f"{PATH}/parts")) == [("1", document)]
    assert type(dict(state.children(f"{PATH}/parts"))["1"]["at"]) is datetime


def test_a_long_collection_is_listed_whole(reach: ReadWindow) -> None:
    """A listing goes on over its pages."""
    state = reach()

    def fill(transaction: Transaction) -> None:
        for number in range(320):
            transaction.set(f"runs/{number}", {"number": number})

    state.transact(fill)

    assert {document["number"] for _, document in state.children("runs")} == set(range(320))


def test_a_listing_that_fails_is_unavailable(reach: ReadWindow) -> None:
    """Trouble while listing is raised as trouble of the store."""
    wire = TroubledWire(Trouble(method="ListDocuments", code=FORBIDDEN))

    with pytest.raises(Unavailable, match="did not list"):
        list(reach(wire).children("sync_state"))
