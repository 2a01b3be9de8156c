"""The state in the database file: what is stored when, and what a kill leaves behind."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from shutil import copy

import duckdb
import pytest

from sendtrail.delivery.checkpoint import Checkpoint, Status, new_lease
from sendtrail.domain.wants import Ask
from sendtrail.errors import Unavailable
from sendtrail.local.duckdb_warehouse import DuckDbWarehouse
from sendtrail.local.state.adoption import open_state, read_state
from sendtrail.local.state.duckdb_state import DuckDbState
from sendtrail.local.state.state_table import FEW_ROWS
from sendtrail.local.write_ahead_log import log_of
from sendtrail.ports import Document, State, Transaction
from sendtrail.state.documents import account_path, budget_path, campaign_path, to_document
from sendtrail.state.stored_wants import raise_wants, read_wants
from tests.contracts.samples import activities, opened
from tests.fakes import NOON, FakeClock
from tests.local.processes import finished, killed_after

COUNT_FOR_EVER = """
import sys
from pathlib import Path
from sendtrail.clock import SystemClock
from sendtrail.local.duckdb_warehouse import DuckDbWarehouse
from sendtrail.local.state.adoption import open_state

state = open_state(DuckDbWarehouse(Path(sys.argv[1])), clock=SystemClock())
for number in range(1, 1_000_000):
    state.transact(lambda t: t.set("runs/1", {"count": ((t.get("runs/1") or {}).get("count", 0)) + 1}))
    print(number, flush=True)
"""
FILL_THE_DISK = """
import resource, sys
from pathlib import Path
from sendtrail.clock import SystemClock
from sendtrail.domain.wants import Ask
from sendtrail.errors import Unavailable
from sendtrail.local.duckdb_warehouse import DuckDbWarehouse
from sendtrail.local.state.adoption import open_state, read_state

warehouse = DuckDbWarehouse(Path(sys.argv[1]))
state = open_state(warehouse, clock=SystemClock())
soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (3_000_000, hard))
number = 0
try:
    while True:
        state.transact(lambda t: t.set(f"runs/{number}", {"filling": "x" * 50_000}))
        number += 1
except Unavailable as error:
    print(error)
resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
state.transact(lambda t: t.set("runs/last", {}))
state.close()
warehouse.close()
stored = read_state(Path(sys.argv[1]), dataset="marketing_ai", clock=SystemClock())
print(len(list(stored.children("runs"))) == number + 2)
"""
CHECKPOINT = Checkpoint(run_id="r", sequence=2, status=Status.RUNNING, updated_at=NOON, new_rows=3)
HELD = to_document(CHECKPOINT) | {"lease": to_document(new_lease("token", now=NOON, lease_s=120))}


class Timers:
    """Timers that never run out by themselves."""

    def __init__(self) -> None:
        self.actions: list[Callable[[], None]] = []
        self.cancelled = 0

    def start(self, _: float, action: Callable[[], None]) -> Callable[[], None]:
        """Keep the action."""
        self.actions.append(action)
        return self._cancel

    def _cancel(self) -> None:
        self.cancelled += 1


@pytest.fixture
def warehouse(path: Path) -> Iterator[DuckDbWarehouse]:
    """Give an open database."""
    with DuckDbWarehouse(path) as warehouse:
        yield warehouse


@pytest.fixture
def state(warehouse: DuckDbWarehouse) -> DuckDbState:
    """Give its state."""
    return open_state(warehouse, clock=FakeClock())


@pytest.fixture
def stored(path: Path, tmp_path: Path) -> Callable[[str], Document | None]:
    """Return what a process finds that opens the file, and the log beside it, after a kill at this moment."""
    after = tmp_path / "after"
    after.mkdir()

    def read(document: str) -> Document | None:
        left = Path(copy(path, after / "killed.duckdb"))
        copy(log_of(path), log_of(left))
        return _get(read_state(left, dataset="marketing_ai", clock=FakeClock()), document)

    return read


def _get(state: State, path: str) -> Document | None:
    return state.transact(lambda transaction: transaction.get(path))


def _set(state: State, path: str, document: Document) -> None:
    state.transact(lambda transaction: transaction.set(path, document))


def test_what_was_committed_survives_a_kill(path: Path) -> None:
    """Kill -9 costs nothing that transact() has returned from."""
    last = int(killed_after(20, COUNT_FOR_EVER, path))

    document = _get(read_state(path, dataset="marketing_ai", clock=FakeClock()), "runs/1") or {}
    assert document["count"] >= last


@pytest.mark.parametrize("path_of", ["runs/1", account_path("acme"), "anything/else"])
def test_what_somebody_asked_for_is_stored_at_once(
    state: DuckDbState, stored: Callable[[str], Document | None], path_of: str
) -> None:
    """Wants and runs are in the file before anything starts."""
    _set(state, path_of, {"since": "2020-01-01"})

    assert stored(path_of) == {"since": "2020-01-01"}


def test_what_somebody_asked_for_outlasts_the_loss_of_the_log(
    state: DuckDbState, path: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """And that the log is lost is noticed all the same, as the file ends with an opening."""
    raise_wants(state, "acme", Ask(run_id="run1", since=NOON))
    _set(state, "runs/1", {"later": True})
    left = Path(copy(path, tmp_path / "left.duckdb"))

    with DuckDbWarehouse(left) as warehouse, open_state(warehouse, clock=FakeClock()) as found:
        wants = found.transact(lambda transaction: read_wants(transaction, "acme"))

        assert wants.of_all is not None
        assert (wants.of_all.since, _get(found, "runs/1")) == (NOON, None)
    assert any("is gone" in message for message in caplog.messages)


def test_what_is_wanted_of_a_campaign_is_stored_at_once(
    state: DuckDbState, stored: Callable[[str], Document | None]
) -> None:
    """As is every field that the state does not know."""
    _set(state, campaign_path("acme", 7), {**HELD, "wanted_since": "x"})

    assert stored(campaign_path("acme", 7)) == {**HELD, "wanted_since": "x", "lease": None, **_times(HELD)}


@pytest.mark.parametrize("change", [{"progress": {"page": 2}}, {"synced": {"since": "x"}, "status": "done"}])
def test_what_was_read_of_a_campaign_is_stored_soon(
    warehouse: DuckDbWarehouse, stored: Callable[[str], Document | None], change: Document
) -> None:
    """One timer is started for all changes until then; a kill has what was read meanwhile read again."""
    timers = Timers()
    state = DuckDbState(warehouse, clock=FakeClock(), timer=timers.start)
    for number in (7, 8):
        _set(state, campaign_path("acme", number), {**HELD, **change})
    before = stored(campaign_path("acme", 7))

    [on_time] = timers.actions
    on_time()

    assert before is None
    assert stored(campaign_path("acme", 7)) == {**HELD, **change, "lease": None, **_times(HELD)}
    _set(state, campaign_path("acme", 7), HELD)
    assert len(timers.actions) == 2


def test_a_timer_that_finds_the_file_closed_does_nothing(path: Path) -> None:
    """The run has ended meanwhile, and has stored everything."""
    timers = Timers()
    with (
        DuckDbWarehouse(path) as warehouse,
        DuckDbState(warehouse, clock=FakeClock(), timer=timers.start) as state,
    ):
        _set(state, campaign_path("acme", 7), {**HELD, "progress": {"page": 2}})

    assert timers.cancelled == len(timers.actions) == 1
    for on_time in timers.actions:
        on_time()

    assert _get(read_state(path, dataset="marketing_ai", clock=FakeClock()), campaign_path("acme", 7)) is not None


def _times(document: Document) -> Document:
    """Return the times of a checkpoint as the store gives them back."""
    return {"updated_at": document["updated_at"].isoformat()}


def test_who_works_on_what_and_the_budget_are_stored_with_the_next_commit(
    state: DuckDbState, warehouse: DuckDbWarehouse, stored: Callable[[str], Document | None]
) -> None:
    """No transaction of the warehouse is made for them."""
    paths = (campaign_path("acme", 7), budget_path("acme"))
    _set(state, paths[0], HELD)
    _set(state, paths[1], {"next_free": NOON})
    before = [stored(each) for each in paths]

    warehouse.merge(activities(opened()))

    assert before == [None, None]
    assert None not in [stored(each) for each in paths]


def test_a_lease_of_a_dead_process_is_gone(path: Path) -> None:
    """A run that has the file to itself waits for nobody; the rest of the checkpoint stays."""
    for document in (HELD, None):
        with DuckDbWarehouse(path) as warehouse, open_state(warehouse, clock=FakeClock()) as state:
            if document:
                _set(state, campaign_path("acme", 7), document)
            left = _get(state, campaign_path("acme", 7)) or {}

    assert left == {**to_document(CHECKPOINT), **_times(HELD)}


def test_the_budget_waits_for_no_merge(state: DuckDbState, warehouse: DuckDbWarehouse) -> None:
    """A request would miss its slot."""
    sent = threading.Event()

    def spend() -> None:
        _set(state, budget_path("acme"), {"next_free": NOON})
        sent.set()

    with warehouse.connection.lock:  # as while a batch is merged
        thread = threading.Thread(target=spend)
        thread.start()
        thread.join()

    assert sent.is_set()


def test_a_commit_takes_the_documents_of_other_threads_along(state: DuckDbState, warehouse: DuckDbWarehouse) -> None:
    """Threads that wait for the file share one commit."""
    with warehouse.connection.lock:
        threads = [
            threading.Thread(target=_set, args=(state, f"runs/{number}", {"number": number})) for number in range(5)
        ]
        for thread in threads:
            thread.start()
        while len(state.documents()) < 6:  # theirs, and the one that ties the state to its dataset
            threading.Event().wait(0)
        before = state._table._revision
    for thread in threads:
        thread.join()

    assert state._table._revision == before + 1


def test_each_dataset_has_its_own_documents(path: Path) -> None:
    """A file may hold several datasets."""
    for dataset in ("marketing_ai", "other"):
        with DuckDbWarehouse(path, dataset=dataset) as warehouse, open_state(warehouse, clock=FakeClock()) as state:
            _set(state, "runs/1", {"dataset": dataset})

    for dataset in ("marketing_ai", "other"):
        assert _get(read_state(path, dataset=dataset, clock=FakeClock()), "runs/1") == {"dataset": dataset}


def test_earlier_versions_of_documents_are_deleted_when_there_are_many(path: Path) -> None:
    """The file does not grow with the number of syncs."""
    with DuckDbWarehouse(path) as warehouse, open_state(warehouse, clock=FakeClock()) as state:
        for number in range(FEW_ROWS + 10):
            state.transact(lambda t, number=number: t.set("runs/1", {"number": number}))  # type: ignore[misc]

    with duckdb.connect(path) as connection:
        rows = connection.execute("SELECT count(*) FROM sendtrail_internal.state_documents").fetchone()
    assert rows == (2,)
    assert _get(read_state(path, dataset="marketing_ai", clock=FakeClock()), "runs/1") == {"number": FEW_ROWS + 9}


def test_a_full_disk_is_unavailable_until_there_is_space(path: Path) -> None:
    """What could not be stored is stored with the next transaction."""
    message, is_complete = finished(FILL_THE_DISK, path)

    assert "is full" in message
    assert is_complete == "True"


def test_a_state_that_cannot_be_stored_says_so(state: DuckDbState, warehouse: DuckDbWarehouse) -> None:
    """The file is gone from under it."""
    warehouse.connection.raw.close()

    def work(transaction: Transaction) -> None:
        transaction.set("runs/1", {})

    with pytest.raises(Unavailable):
        state.transact(work)
