"""Which seeds `sendtrail simulate` has processes run, and when."""

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, Self

import pytest

from sendtrail.cli import simulate
from sendtrail.simulation.run import Outcome


class _Pool:
    """Runs each call as it is submitted, and notes with what."""

    submitted: list[int]
    is_cancelled: bool

    def __init__(self, _: int) -> None:
        type(self).submitted, type(self).is_cancelled = [], False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def submit(self, call: Callable[[int], Any], number: int) -> Future[Any]:
        self.submitted.append(number)
        future = Future[Any]()
        future.set_result(call(number))
        return future

    def shutdown(self, *, cancel_futures: bool) -> None:
        type(self).is_cancelled = cancel_futures


@pytest.fixture
def pool(monkeypatch: pytest.MonkeyPatch) -> type[_Pool]:
    """Return a pool of processes that runs everything here."""
    monkeypatch.setattr(simulate, "ProcessPoolExecutor", _Pool)
    return _Pool


def test_all_seeds_come_out_in_their_order(pool: type[_Pool]) -> None:
    """And each is run once."""
    found = [outcome.seed for outcome in simulate._outcomes(_outcome, 5, 40, jobs=2)]

    assert found == pool.submitted == list(range(5, 45))


def test_a_process_that_is_done_has_a_seed_to_go_on_with(pool: type[_Pool]) -> None:
    """Each outcome makes room for one seed more: nobody waits for the slowest of a batch."""
    outcomes = simulate._outcomes(_outcome, 1, None, jobs=2)
    ahead = []
    for _ in range(3):
        next(outcomes)
        ahead.append(len(pool.submitted))

    assert ahead == [17, 18, 19]


def test_seeds_that_nobody_asks_for_any_more_are_not_run(pool: type[_Pool]) -> None:
    """As where the hours are over."""
    outcomes = simulate._outcomes(_outcome, 1, None, jobs=2)
    next(outcomes)
    outcomes.close()

    assert pool.is_cancelled


def _outcome(seed: int) -> Outcome:
    return Outcome(seed=seed, problems=(), happened=(), hash="", requests=0, switches=0, days=0)
