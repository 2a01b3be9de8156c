"""What every State does."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from sendtrail.delivery.checkpoint import Checkpoint, Status, new_lease
from sendtrail.errors import LeaseLost
from sendtrail.ports import Document, State, Transaction
from sendtrail.state.documents import from_document, to_document
from tests.fakes import NOON

PATH = "sync_state/email_activities_acme/campaigns/7"


class Died(BaseException):
    """What is no Exception and must undo a transaction all the same."""


def _put(state: State, path: str, document: Document) -> None:
    state.transact(lambda transaction: transaction.set(path, document))


def _read(state: State, path: str) -> Document | None:
    return state.transact(lambda transaction: transaction.get(path))


def test_a_document_that_was_never_set_is_none(state: State) -> None:
    """A path that nobody wrote has no document."""
    assert _read(state, PATH) is None


def test_what_was_set_is_there_in_the_next_transaction(state: State) -> None:
    """A document is kept, and the result of the work is handed back."""
    _put(state, PATH, {"name": "Früh 🌸", "counters": {"opens": 4}, "tags": ["a", None]})

    assert _read(state, PATH) == {"name": "Früh 🌸", "counters": {"opens": 4}, "tags": ["a", None]}


def test_setting_replaces_the_whole_document(state: State) -> None:
    """Nothing of the earlier document is left."""
    _put(state, PATH, {"a": 1})

    _put(state, PATH, {"b": 2})

    assert _read(state, PATH) == {"b": 2}


@pytest.mark.parametrize("error", [LeaseLost("another's"), KeyError("a bug"), Died()])
def test_an_error_of_the_work_changes_nothing_and_is_passed_on(state: State, error: BaseException) -> None:
    """All of a transaction happens, or none of it."""
    _put(state, PATH, {"a": 1})

    def work(transaction: Transaction) -> None:
        transaction.set(PATH, {"a": 2})
        transaction.set("runs/1", {})
        raise error

    with pytest.raises(type(error)):
        state.transact(work)
    assert _read(state, PATH) == {"a": 1}
    assert _read(state, "runs/1") is None


def test_increments_from_many_threads_are_all_counted(state: State) -> None:
    """Transactions on one document come one after the other."""
    _put(state, PATH, {"count": 0})

    def increment(transaction: Transaction) -> None:
        document = transaction.get(PATH) or {}
        transaction.set(PATH, {"count": document["count"] + 1})

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: state.transact(increment), range(40)))

    assert _read(state, PATH) == {"count": 40}


def test_children_are_those_of_the_collection_and_no_deeper(state: State) -> None:
    """A collection yields its own documents with their ids."""
    for path in ("sync_state/a", "sync_state/a/campaigns/1", "sync_state/a/campaigns/2", "sync_state/ab/campaigns/3"):
        _put(state, path, {"path": path})

    children = dict(state.children("sync_state/a/campaigns"))

    assert children == {
        "1": {"path": "sync_state/a/campaigns/1"},
        "2": {"path": "sync_state/a/campaigns/2"},
    }


def test_a_collection_without_documents_has_no_children(state: State) -> None:
    """An empty collection is no error."""
    assert list(state.children("runs")) == []


def test_the_time_of_a_transaction_is_aware(state: State) -> None:
    """The store's time can be compared with any aware time."""
    assert state.transact(lambda transaction: transaction.now).utcoffset() is not None


def test_a_checkpoint_comes_back_as_it_was(state: State) -> None:
    """Nested values, enumerations and times with microseconds survive the store."""
    checkpoint = Checkpoint(
        run_id="run-1",
        sequence=3,
        status=Status.RUNNING,
        updated_at=NOON.replace(microsecond=123456),
        lease=new_lease("token", now=NOON, lease_s=120),
        progress={"report": "opens", "pages": [1, 2], "nested": {"since": "2025-01-01T00:00:00+00:00"}},
        new_rows=5,
    )

    _put(state, PATH, to_document(checkpoint))

    assert from_document(Checkpoint, _read(state, PATH) or {}) == checkpoint
