"""A strict look at the breaker of an instance, and at what it reads while that is open."""

from contextvars import copy_context

import pytest

from sendtrail.errors import Unavailable
from sendtrail.simulation.bigquery.breaker_watch import BreakerWatch, WatchedBreaker
from tests.fakes import FakeClock


class Watched:
    """An instance's breaker and its watch."""

    def __init__(self) -> None:
        self.clock, self.violations = FakeClock(), list[str]()
        self.watch = BreakerWatch("worker-1", self.clock.monotonic, self.violations)
        self.breaker = WatchedBreaker(self.clock, self.watch)

    def fail_to_merge(self) -> None:
        """Have the warehouse not do a merge."""
        self.watch.merge_failed()
        self.breaker.failed()

    def begins(self) -> bool:
        """Return whether a delivery may begin."""
        try:
            self.breaker.ensure_closed()
        except Unavailable:
            return False
        return True


def test_a_breaker_that_opens_although_the_warehouse_works_is_noticed() -> None:
    """Once it hears of more failures than there were."""
    watched = Watched()
    watched.fail_to_merge()
    before = list(watched.violations)
    watched.breaker.failed()

    assert (before, watched.violations) == ([], ["worker-1 takes the warehouse to be down, which works"])


def test_a_breaker_that_stays_open_is_noticed() -> None:
    """While the last merge has failed, it may hold work back."""
    watched = Watched()
    watched.fail_to_merge()
    begins = [watched.begins()]
    watched.watch.merged()
    begins.append(watched.begins())

    assert (begins, len(watched.violations)) == ([False, False], 1)


@pytest.mark.parametrize(("failures", "after_s", "violations"), [(1, 29, 1), (1, 31, 0), (5, 470, 1), (9, 601, 0)])
def test_a_delivery_that_reads_in_the_pause_after_a_failed_merge_is_noticed(
    failures: int, after_s: float, violations: int
) -> None:
    """The pause doubles with each further failure, up to ten minutes."""
    watched = Watched()
    for _ in range(failures):
        watched.fail_to_merge()
    watched.clock.sleep(after_s)
    with watched.watch.delivering():
        watched.watch.asks()

    assert len(watched.violations) == violations


def test_what_an_ended_delivery_has_under_way_is_not_of_the_next_one() -> None:
    """Which has begun in the pause, and waits for the state store."""
    watched = Watched()
    with watched.watch.delivering():
        under_way = copy_context()
        watched.fail_to_merge()
    watched.clock.sleep(10)
    with watched.watch.delivering():
        under_way.run(watched.watch.asks)
        before = list(watched.violations)
        watched.watch.asks()

    assert (before, len(watched.violations)) == ([], 1)


def test_what_is_still_asked_for_by_a_delivery_that_has_failed_is_left_alone() -> None:
    """It was underway; so is what a delivery asks for that began before."""
    watched = Watched()
    with watched.watch.delivering():
        watched.clock.sleep(1)
        watched.fail_to_merge()
        watched.watch.asks()
    watched.clock.sleep(10)
    watched.watch.asks()

    assert watched.violations == []
