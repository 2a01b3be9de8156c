"""The file of one simulated machine: what a kill leaves, and what operators do with it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest

from sendtrail.simulation.cloud.file_store import FileStore
from sendtrail.simulation.engine.scheduler import Scheduler

NOW = datetime(2026, 3, 1, tzinfo=UTC)
WANTED, BUDGET = "runs/run001", "rate_budgets/acme"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[FileStore]:
    """Give the store of a new file."""
    scheduler = Scheduler(Random(1))
    store = FileStore(tmp_path, scheduler)
    yield store
    store.close()
    scheduler.close()


def test_a_kill_leaves_what_was_committed_and_takes_what_was_in_memory(store: FileStore) -> None:
    """The rate budget is stored with the next commit."""
    store.transact(lambda transaction: transaction.set(WANTED, {"n": 1}), now=NOW)
    store.transact(lambda transaction: transaction.set(BUDGET, {"n": 2}), now=NOW)
    before = store.get(BUDGET)
    store.kill()

    assert before == {"n": 2}
    assert (store.get(WANTED), store.get(BUDGET)) == ({"n": 1}, None)


def test_an_older_copy_of_the_state_can_be_restored(store: FileStore) -> None:
    """What was stored after it is gone."""
    store.put(WANTED, {"n": 1})
    copy = store.copy()
    store.put(BUDGET, {"n": 2})
    store.restore(copy)

    assert (store.get(WANTED), store.get(BUDGET)) == ({"n": 1}, None)
