"""Threads of the operating system and of the simulation do the same, but for who goes when."""

from collections.abc import Callable
from random import Random

import pytest

from sendtrail import threads
from sendtrail.simulation.engine.scheduler import Scheduler
from sendtrail.simulation.engine.virtual_threads import VirtualThreads

# Runs a test's body where threads are of one kind.
Within = Callable[[Callable[[], None]], None]


def with_the_system(body: Callable[[], None]) -> None:
    """Run with the operating system's threads."""
    body()


def with_a_scheduler(body: Callable[[], None]) -> None:
    """Run as a task of a scheduler."""
    scheduler = Scheduler(Random(1))

    def run() -> None:
        with threads.using(VirtualThreads(scheduler)):
            body()

    scheduler.spawn(run, name="test")
    scheduler.run(until=60)
    scheduler.close()


@pytest.fixture(params=[with_the_system, with_a_scheduler])
def within(request: pytest.FixtureRequest) -> Within:
    """Give each way to run a body."""
    way: Within = request.param
    return way


def test_a_pool_runs_what_is_submitted_and_gives_results_and_errors_back(within: Within) -> None:
    """More calls than workers are run one after the other."""
    found: list[object] = []

    def body() -> None:
        pool = threads.pool(2, name="test")
        futures = [pool.submit(divmod, 7, number) for number in (1, 2, 3, 0)]
        found.extend(future.result() for future in futures[:3])
        with pytest.raises(ZeroDivisionError):
            futures[3].result()
        pool.shutdown(wait=True)
        found.append("end")

    within(body)

    assert found == [(7, 0), (3, 1), (2, 1), "end"]


def test_an_event_lets_those_go_on_who_wait_for_it(within: Within) -> None:
    """A thread that was started is waited for until its end."""
    found: list[object] = []

    def body() -> None:
        event = threads.event()
        thread = threads.start(lambda: found.append(event.wait(30)), name="waiter")
        event.set()
        thread.join()
        found.append(event.is_set())

    within(body)

    assert found == [True, True]


def test_a_lock_is_held_by_one_at_a_time(within: Within) -> None:
    """Whoever comes while it is held waits."""
    inside: list[int] = []
    most: list[int] = []

    def body() -> None:
        lock, pool, started = threads.lock(), threads.pool(3, name="test"), threads.event()

        def enter(number: int) -> None:
            with lock:
                inside.append(number)
                started.wait(0.001)
                most.append(len(inside))
                inside.remove(number)

        futures = [pool.submit(enter, number) for number in range(3)]
        for future in futures:
            future.result()
        pool.shutdown(wait=True)

    within(body)

    assert most == [1, 1, 1]


def test_cancelled_calls_never_run(within: Within) -> None:
    """Those that wait for a worker."""
    ran: list[str] = []

    def body() -> None:
        pool, go_on = threads.pool(1, name="test"), threads.event()
        first = pool.submit(go_on.wait)
        pool.submit(ran.append, "second")
        pool.shutdown(wait=False, cancel_futures=True)
        go_on.set()
        assert first.result()
        ran.append("end")

    within(body)

    assert ran == ["end"]
