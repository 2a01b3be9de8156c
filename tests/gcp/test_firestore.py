"""FirestoreState against Google's emulator, with trouble on the wire; tests/contracts has what every state does."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import count

import grpc
import pytest
from google.cloud import firestore

from sendtrail.errors import LeaseLost, Unavailable
from sendtrail.gcp.firestore import MAX_ATTEMPTS, FirestoreState
from sendtrail.ports import Transaction
from tests.fakes import FakeClock
from tests.gcp.wires import Trouble, troubled

PATH = "sync_state/contacts_acme"
ABORTED = grpc.StatusCode.ABORTED
UNAVAILABLE = grpc.StatusCode.UNAVAILABLE


def state_of(client: firestore.Client, clock: FakeClock | None = None) -> FirestoreState:
    """Return a state that waits on a clock of the test's own."""
    ids = count()
    return FirestoreState(client, clock=clock or FakeClock(), new_id=lambda: f"attempt-{next(ids)}")


def add_one(transaction: Transaction) -> int:
    """Count one more, and return how many there are."""
    before = transaction.get(PATH) or {"count": 0}
    transaction.set(PATH, {"count": before["count"] + 1})
    return int(before["count"]) + 1


def read_count(state: FirestoreState) -> int:
    """Return how many were counted."""
    document = state.transact(lambda transaction: transaction.get(PATH))
    return int(document["count"]) if document else 0


def test_eight_workers_on_one_document_lose_no_update(firestore_database: firestore.Client) -> None:
    """Contention is waited out: every one of 40 increments is there in the end."""
    state = state_of(firestore_database)

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda _: state.transact(add_one), range(40)))

    assert sorted(results) == list(range(1, 41))


@pytest.mark.parametrize(
    "trouble",
    [
        pytest.param(Trouble(method="BatchGetDocuments", code=ABORTED), id="aborted on a read"),
        pytest.param(Trouble(method="Commit", code=ABORTED), id="aborted at commit"),
        pytest.param(Trouble(method="BeginTransaction", code=ABORTED), id="a failed begin"),
        pytest.param(Trouble(method="Commit", code=grpc.StatusCode.DEADLINE_EXCEEDED), id="a commit out of time"),
        pytest.param(
            Trouble(
                method="Commit",
                code=grpc.StatusCode.INVALID_ARGUMENT,
                text="The referenced transaction has expired or is no longer valid.",
            ),
            id="a transaction that expired",
        ),
    ],
)
def test_contention_is_tried_again(firestore_database: firestore.Client, trouble: Trouble) -> None:
    """Each way in which the client reports contention leads to another attempt, after a pause."""
    clock = FakeClock()
    state = state_of(firestore_database, clock)
    troubled(firestore_database, trouble)

    assert state.transact(add_one) == 1
    assert read_count(state) == 1
    assert len(clock.slept) == 1


@pytest.mark.parametrize("code", [ABORTED, UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED])
def test_a_commit_that_succeeded_but_reported_an_error_happens_once(
    firestore_database: firestore.Client, code: grpc.StatusCode
) -> None:
    """The work is not run upon its own writes: the attempt that landed is known by its id, and its result returned."""
    state = state_of(firestore_database)
    troubled(firestore_database, Trouble(method="Commit", code=code, is_done=True))

    assert state.transact(add_one) == 1
    assert read_count(state) == 1


def test_a_commit_that_landed_is_found_behind_further_trouble(firestore_database: firestore.Client) -> None:
    """The attempt after the lost answer may fail too."""
    state = state_of(firestore_database)
    lost = Trouble(method="Commit", code=ABORTED, is_done=True)
    troubled(firestore_database, lost, Trouble(method="BatchGetDocuments", code=UNAVAILABLE))

    assert state.transact(add_one) == 1
    assert read_count(state) == 1


def test_an_equal_write_of_another_worker_is_not_taken_for_ours(firestore_database: firestore.Client) -> None:
    """Two workers that write the same document are told apart: a reservation that was lost is made again."""
    state, other = state_of(firestore_database), FirestoreState(firestore_database, clock=FakeClock(), new_id=lambda: "other")
    runs: list[int] = []

    def work(transaction: Transaction) -> int:
        if not runs:
            other.transact(lambda theirs: theirs.set(PATH, {"count": 1}))
        runs.append(1)
        return add_one(transaction)

    troubled(firestore_database, *[Trouble(method="Commit", code=ABORTED)] * 0)
    assert state.transact(work) == 2


def test_contention_without_end_is_unavailable(firestore_database: firestore.Client) -> None:
    """Attempts are bounded in number, with pauses between them, and the last error is told."""
    clock = FakeClock()
    state = state_of(firestore_database, clock)
    wire = troubled(firestore_database, *[Trouble(method="Commit", code=ABORTED, text="too much contention")] * 99)

    with pytest.raises(Unavailable, match="too much contention"):
        state.transact(add_one)

    assert wire.calls.count("Commit") == len(clock.slept) + 1 <= MAX_ATTEMPTS


def test_what_waiting_does_not_mend_is_not_tried_again(firestore_database: firestore.Client) -> None:
    """A right that is missing is unavailable at once."""
    wire = troubled(firestore_database, Trouble(method="BeginTransaction", code=grpc.StatusCode.PERMISSION_DENIED))

    with pytest.raises(Unavailable):
        state_of(firestore_database).transact(add_one)

    assert wire.calls == ["BeginTransaction"]


def raise_lease_lost(transaction: Transaction) -> None:
    """Write, then find the lease lost."""
    transaction.set(PATH, {"count": 9})
    raise LeaseLost("another worker has it")


def raise_value_error(transaction: Transaction) -> None:
    """Fail as pydantic does, with a ValueError, which is what the client raises for contention."""
    transaction.set(PATH, {"count": 9})
    raise ValueError("of the work")


@pytest.mark.parametrize(("work", "error"), [(raise_lease_lost, LeaseLost), (raise_value_error, ValueError)])
@pytest.mark.parametrize("troubles", [[], [Trouble(method="Rollback", code=UNAVAILABLE)]])
def test_an_error_of_the_work_is_passed_on_and_changes_nothing(
    firestore_database: firestore.Client,
    work: Callable[[Transaction], None],
    error: type[Exception],
    troubles: list[Trouble],
) -> None:
    """It is run once, also where the rollback after it fails."""
    state = state_of(firestore_database)
    wire = troubled(firestore_database, *troubles)

    with pytest.raises(error):
        state.transact(work)

    assert wire.calls == ["BeginTransaction", "Rollback"]
    assert read_count(state) == 0


def test_an_error_that_the_caller_was_handling_is_none_of_ours(firestore_database: firestore.Client) -> None:
    """A transaction inside an except block is judged by its own errors, not by the one being handled."""
    state = state_of(firestore_database)
    wire = troubled(
        firestore_database,
        Trouble(method="Commit", code=ABORTED),
        Trouble(method="BeginTransaction", code=grpc.StatusCode.PERMISSION_DENIED),
    )
    with pytest.raises(Unavailable, match="trouble"):
        try:
            firestore_database._firestore_api.commit(request={"database": firestore_database._database_string}, retry=None)
        except Exception:  # noqa: BLE001 - whatever it is, it is being handled
            state.transact(add_one)

    assert wire.calls.count("BeginTransaction") == 1


def test_now_is_the_servers(firestore_database: firestore.Client) -> None:
    """The clock is the store's, not the worker's, and stands still within a transaction."""
    state = state_of(firestore_database, FakeClock(datetime(1999, 1, 1, tzinfo=UTC)))

    def work(transaction: Transaction) -> tuple[datetime, datetime]:
        transaction.get(PATH)
        return transaction.now, transaction.now

    first, second = state.transact(work)
    assert first == second
    assert abs(first - datetime.now(UTC)) < timedelta(minutes=1)
    assert (type(first), first.tzinfo) == (datetime, UTC)


def test_now_can_be_asked_before_anything_was_read(firestore_database: firestore.Client) -> None:
    """It costs a read, outside of the transaction's locks."""
    before = datetime.now(UTC)

    now = state_of(firestore_database).transact(lambda transaction: transaction.now)

    assert abs(now - before) < timedelta(minutes=1)


def test_the_mark_of_the_writer_is_not_shown(firestore_database: firestore.Client) -> None:
    """Documents read as they were written, times aware and plain, singly and in lists."""
    document = {"at": datetime(2025, 6, 1, 12, 30, 15, 123456, tzinfo=UTC), "nested": {"a.b": [{"none": None}, 1.5]}}
    state = state_of(firestore_database)

    state.transact(lambda transaction: transaction.set(f"{PATH}/parts/1", document))

    assert state.transact(lambda transaction: transaction.get(f"{PATH}/parts/1")) == document
    assert list(state.children(f"{PATH}/parts")) == [("1", document)]
    assert type(dict(state.children(f"{PATH}/parts"))["1"]["at"]) is datetime


def test_a_listing_that_fails_is_unavailable(firestore_database: firestore.Client) -> None:
    """Trouble while listing is told as trouble of the store."""
    troubled(firestore_database, Trouble(method="RunQuery", code=grpc.StatusCode.PERMISSION_DENIED))

    with pytest.raises(Unavailable, match="did not list"):
        list(state_of(firestore_database).children("sync_state"))
