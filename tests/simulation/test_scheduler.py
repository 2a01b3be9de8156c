"""Tasks on virtual time: what a seed decides, and what it does not."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from random import Random

import pytest

from sendtrail.simulation.engine.scheduler import Scheduler
from sendtrail.simulation.engine.virtual_threads import VirtualThreads


@dataclass
class AnOwner:
    """Stands for a process."""

    is_alive: bool = True
    frozen_until: float = 0.0


@contextmanager
def scheduling(seed: int = 1) -> Iterator[Scheduler]:
    """Give a scheduler, whose tasks are ended at the end."""
    scheduler = Scheduler(Random(seed))
    yield scheduler
    scheduler.close()


def order_of(seed: int) -> list[tuple[str, int]]:
    """Return in which order three tasks of three steps run."""
    steps: list[tuple[str, int]] = []
    with scheduling(seed) as scheduler:

        def walk(name: str) -> None:
            for step in range(3):
                steps.append((name, step))
                scheduler.pause()

        for name in ("a", "b", "c"):
            scheduler.spawn(partial(walk, name), name=name)
        scheduler.run(until=0)
    return steps


def test_the_same_seed_runs_tasks_in_the_same_order_and_others_in_others() -> None:
    """Each order has all steps, of each task in their order."""
    orders = [order_of(seed) for seed in (1, 1, 2, 3)]

    assert orders[0] == orders[1]
    assert len({tuple(order) for order in orders}) > 1
    assert all([step for name, step in order if name == "b"] == [0, 1, 2] for order in orders)


def test_time_passes_only_while_everybody_waits() -> None:
    """Two tasks that sleep are woken at their times, and the run ends at its own."""
    woken = []
    with scheduling() as scheduler:

        def sleep(seconds: float) -> None:
            scheduler.sleep(seconds)
            woken.append(scheduler.now)

        for seconds in (30.0, 10.0):
            scheduler.spawn(partial(sleep, seconds), name="sleeper")
        scheduler.run(until=100)

        assert (woken, scheduler.now) == ([10, 30], 100)


def test_a_wait_ends_when_somebody_wakes_the_task_or_its_time_is_over() -> None:
    """Who was woken is told so."""
    found = []
    with scheduling() as scheduler:
        task = scheduler.spawn(lambda: found.append(scheduler.wait(60)), name="waiter")

        def wake() -> None:
            scheduler.sleep(5)
            scheduler.wake(task)

        scheduler.spawn(wake, name="waker")
        scheduler.spawn(lambda: found.append(scheduler.wait(60)), name="forgotten")
        scheduler.run(until=100)

    assert found == [True, False]


def test_tasks_of_a_dead_process_stop_for_good_and_those_of_a_frozen_one_go_on_later() -> None:
    """Wherever they are."""
    dead, frozen, went_on = AnOwner(), AnOwner(), []
    with scheduling() as scheduler:

        def sleep(owner: AnOwner) -> None:
            scheduler.sleep(10)
            went_on.append((owner, scheduler.now))

        for owner in (dead, frozen):
            scheduler.spawn(partial(sleep, owner), name="task", owner=owner)
        scheduler.run(until=5)
        dead.is_alive, frozen.frozen_until = False, 50
        scheduler.run(until=100)

    assert went_on == [(frozen, 50)]


def test_an_error_of_a_task_ends_the_run() -> None:
    """It is a fault of the simulation itself: processes keep theirs to themselves."""
    with scheduling() as scheduler:
        scheduler.spawn(lambda: "".index("a"), name="broken")

        with pytest.raises(ValueError, match="substring not found"):
            scheduler.run(until=1)


def test_a_task_that_is_ended_may_take_a_lock_as_it_tidies_up() -> None:
    """Wherever it was when the world came to its end."""
    scheduler, tidied = Scheduler(Random(1)), list[str]()
    lock = VirtualThreads(scheduler).lock()

    def work() -> None:
        try:
            scheduler.wait()
        finally:
            with lock:
                tidied.append("what it had in hand")

    scheduler.spawn(work, name="a task")
    scheduler.run(until=1.0)
    scheduler.close()

    assert tidied == ["what it had in hand"]
