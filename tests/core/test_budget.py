"""The rate budget: one clock for everybody, and a strict window never broken."""

from datetime import timedelta
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sendtrail.budget import HEADROOM, LATEST_USE_S, RateBudget, Slots, pushed_back, reserve
from tests.fakes import NOON, FakeClock, MemoryState

SECOND = timedelta(seconds=1)


def a_budget(clock: FakeClock, state: MemoryState, *, rate: float = 5.0, block: int = 1) -> RateBudget:
    """Return one process's view of the account's budget."""
    return RateBudget(state, clock, organization_id="acme", requests_per_second=rate, block=block)


def most_in_a_second(moments: list[float]) -> int:
    """Return the most requests that any window of one second sees."""
    ordered = sorted(moments)
    return max(sum(1 for moment in ordered if start <= moment < start + 1.0) for start in ordered)


@given(counts=st.lists(st.integers(1, 9), min_size=1), pauses=st.lists(st.integers(0, 3_000), min_size=1))
def test_reservations_never_overlap(counts: list[int], pauses: list[int]) -> None:
    """Each begins where the last one ends, or now."""
    slots, now, ends = None, NOON, NOON
    for count, pause in zip(counts, pauses, strict=False):
        now += timedelta(milliseconds=pause)
        first, slots = reserve(slots, count=count, interval=SECOND, now=now)
        assert first == max(now, ends)
        ends = first + count * SECOND
        assert slots.next_free == ends


def test_a_429_holds_everybody_back_and_never_brings_anybody_forward() -> None:
    """The later of two answers counts."""
    slots = Slots(next_free=NOON)

    assert pushed_back(slots, until=NOON + SECOND).next_free == NOON + SECOND
    assert pushed_back(slots, until=NOON - SECOND).next_free == NOON
    assert pushed_back(None, until=NOON).next_free == NOON


@pytest.mark.parametrize("block", [1, 10])
def test_requests_leave_evenly_with_headroom(block: int) -> None:
    """Five a second, less the headroom, whatever is reserved at a time."""
    clock = FakeClock()
    budget = a_budget(clock, MemoryState(clock), block=block)
    left = []

    for _ in range(50):
        budget.take()
        left.append(clock.monotonic())

    gaps = [later - earlier for earlier, later in pairwise(left)]
    assert gaps == pytest.approx([(1 + HEADROOM) / 5] * 49)


@pytest.mark.parametrize("block", [1, 7])
def test_two_processes_share_one_budget(block: int) -> None:
    """Together they are no faster than one."""
    clock = FakeClock()
    state = MemoryState(clock)
    budgets = [a_budget(clock, state, block=block) for _ in range(2)]
    left = []

    for number in range(60):
        budgets[number % 2].take()
        left.append(clock.monotonic())

    assert most_in_a_second(left) <= 5


@given(seed=st.integers(0, 2**32), rate=st.sampled_from([1.0, 5.0, 50.0]))
def test_jitter_within_the_headroom_never_breaks_a_strict_window(seed: int, rate: float) -> None:
    """Requests arrive up to 30 ms late, each by its own delay, and pauses come in between."""
    clock, random = FakeClock(), Random(seed)
    budget = a_budget(clock, MemoryState(clock), rate=rate)
    arrivals = []

    for _ in range(60):
        budget.take()
        arrivals.append(clock.monotonic() + random.uniform(0, 0.03))
        clock.advance(random.choice([0, 0, 0.05, 0.4]))

    assert most_in_a_second(arrivals) <= rate


def test_a_slot_that_was_missed_is_not_used_late() -> None:
    """It would bring its request too close to the next one."""
    clock = FakeClock()
    budget = a_budget(clock, MemoryState(clock), block=10)
    budget.take()
    clock.advance(0.5)

    left = []
    for _ in range(3):
        budget.take()
        left.append(clock.monotonic())

    interval = (1 + HEADROOM) / 5
    assert all(moment % interval <= LATEST_USE_S or interval - moment % interval < 1e-9 for moment in left)


def test_a_429_is_waited_out_by_every_process() -> None:
    """The slots that one had reserved before are given up too."""
    clock = FakeClock()
    state = MemoryState(clock)
    one, other = (a_budget(clock, state, block=5) for _ in range(2))
    one.take()

    one.push_back(30.0)
    one.take()
    first = clock.monotonic()
    other.take()

    assert first >= 30.0
    assert clock.monotonic() > first
