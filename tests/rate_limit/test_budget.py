"""The rate budget: one clock for everybody, and a strict window that is never exceeded."""

from collections.abc import Callable, Iterator
from itertools import pairwise
from math import inf
from random import Random
from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sendtrail.domain.request_rate import HEADROOM, Priority
from sendtrail.ports import Document, Transaction
from sendtrail.rate_limit.reserved_slots import MAX_LATENESS_S
from sendtrail.rate_limit.sliding_window import SlidingWindow
from tests.fakes import FakeClock, MemoryState
from tests.rate_limit.budgets import a_budget

T = TypeVar("T")


class CountingState(MemoryState):
    """A state that counts its transactions."""

    transactions = 0

    def transact(self, work: Callable[[Transaction], T], /) -> T:
        """Count a transaction and run it."""
        self.transactions += 1
        return super().transact(work)


class SleepyClock(FakeClock):
    """A clock that wakes sleepers late, as a busy machine does."""

    late_s: float = 0.0

    def sleep(self, seconds: float, /) -> None:
        """Let `seconds` pass, and `late_s` more."""
        super().sleep(seconds)
        self.advance(self.late_s)
        self.late_s = 0.0


def most_in_a_second(moments: list[float]) -> int:
    """Return the most requests that any window of one second sees."""
    ordered = sorted(moments)
    return max(sum(1 for moment in ordered if start <= moment < start + 1.0) for start in ordered)


@pytest.mark.parametrize("block", [1, 10])
def test_requests_are_spaced_evenly_with_headroom(block: int) -> None:
    """Five per second, less the headroom, however many slots are reserved at a time."""
    clock = FakeClock()
    budget = a_budget(clock, MemoryState(clock), block=block)
    sent = []

    for _ in range(50):
        budget.acquire()
        sent.append(clock.monotonic())

    gaps = [later - earlier for earlier, later in pairwise(sent)]
    assert gaps == pytest.approx([(1 + HEADROOM) / 5] * 49)


@pytest.mark.parametrize("block", [1, 7])
def test_two_processes_share_one_budget(block: int) -> None:
    """Two are together no faster than one."""
    clock = FakeClock()
    state = MemoryState(clock)
    budgets = [a_budget(clock, state, block=block) for _ in range(2)]
    sent = []

    for number in range(60):
        budgets[number % 2].acquire()
        sent.append(clock.monotonic())

    assert most_in_a_second(sent) <= 5


@given(seed=st.integers(0, 2**32), rate=st.sampled_from([1.0, 5.0, 50.0]))
def test_jitter_within_the_headroom_never_exceeds_a_strict_window(seed: int, rate: float) -> None:
    """Requests arrive up to 30 ms late, each by its own delay, and pauses come in between."""
    clock, random = FakeClock(), Random(seed)
    budget = a_budget(clock, MemoryState(clock), rate=rate)
    arrivals = []

    for _ in range(60):
        budget.acquire()
        arrivals.append(clock.monotonic() + random.uniform(0, 0.03))
        clock.advance(random.choice([0, 0, 0.05, 0.4]))

    assert most_in_a_second(arrivals) <= rate


def test_a_slot_that_was_missed_is_not_used_late() -> None:
    """Its request would come too close to the next one."""
    clock = FakeClock()
    budget = a_budget(clock, MemoryState(clock), block=10)
    sent = []

    for pause_s in [0.0] * 90 + [0.5, 0.0, 0.1, 0.25, 0.0]:
        clock.advance(pause_s)
        budget.acquire()
        sent.append(clock.monotonic())

    assert all(later - earlier >= budget.interval_s - MAX_LATENESS_S - 1e-9 for earlier, later in pairwise(sent))


def test_a_429_is_waited_out_by_every_process() -> None:
    """Slots that were reserved before are given up as well."""
    clock = FakeClock()
    state = MemoryState(clock)
    one, other = (a_budget(clock, state, block=5) for _ in range(2))
    one.acquire()

    one.back_off(30.0)
    one.acquire()
    first = clock.monotonic()
    other.acquire()

    assert first >= 30.0
    assert clock.monotonic() > first


def test_a_share_is_kept_free_for_others() -> None:
    """A fifth of five requests per second leaves four."""
    clock = FakeClock()
    budget = a_budget(clock, MemoryState(clock), kept_free=0.2)
    sent = []

    for _ in range(20):
        budget.acquire()
        sent.append(clock.monotonic())

    assert [later - earlier for earlier, later in pairwise(sent)] == pytest.approx([(1 + HEADROOM) / 4] * 19)


def test_the_limit_that_the_account_names_holds_for_every_process() -> None:
    """Five were configured, and the account says two."""
    clock = FakeClock()
    state = MemoryState(clock)
    one, other = a_budget(clock, state), a_budget(clock, state)
    one.acquire()

    one.observe_limits(limit=2, remaining=1)
    other.acquire()
    first = clock.monotonic()
    other.acquire()

    assert clock.monotonic() - first == pytest.approx((1 + HEADROOM) / 2)
    assert other.interval_s == pytest.approx((1 + HEADROOM) / 2)


def test_a_process_that_knows_only_the_lowered_limit_follows_it_up_again() -> None:
    """The configured limit is the most that is used."""
    clock = FakeClock()
    state = MemoryState(clock)
    a_budget(clock, state).observe_limits(limit=2, remaining=1)
    later = a_budget(clock, state)
    later.acquire()

    later.observe_limits(limit=50, remaining=49)
    later.acquire()
    later.acquire()

    assert later.interval_s == pytest.approx((1 + HEADROOM) / 5)


def test_a_limit_above_the_configured_one_changes_nothing() -> None:
    """Nothing is stored."""
    clock = FakeClock()
    state = MemoryState(clock)

    a_budget(clock, state).observe_limits(limit=10, remaining=0)

    assert state.documents == {}


def test_others_are_given_way_when_they_use_more_than_their_share() -> None:
    """Everybody waits one slot longer, at most once per second."""
    clock = FakeClock()
    state = MemoryState(clock)
    budget = a_budget(clock, state, kept_free=0.5)
    budget.acquire()
    start = clock.monotonic()

    budget.observe_limits(limit=5, remaining=0)
    budget.observe_limits(limit=5, remaining=0)
    budget.acquire()

    assert clock.monotonic() - start == pytest.approx(2 * budget.interval_s)


def test_a_small_delivery_does_not_reserve_a_whole_block() -> None:
    """Slots that it reserved and did not use would be lost to everybody."""
    clock = FakeClock()
    state = MemoryState(clock)
    first = a_budget(clock, state, block=10)
    first.acquire()

    a_budget(clock, state, block=10).acquire()

    assert clock.monotonic() == pytest.approx(first.interval_s)


def test_a_long_read_needs_few_transactions() -> None:
    """Blocks grow while every slot is used."""
    clock = FakeClock()
    state = CountingState(clock)
    budget = a_budget(clock, state, block=10)

    for _ in range(400):
        budget.acquire()

    assert state.transactions <= 70


def test_background_work_takes_what_incremental_work_leaves_idle() -> None:
    """Incremental work asks once per second here, so four of five slots are free."""
    clock = FakeClock()
    state = MemoryState(clock)
    incremental, background = a_budget(clock, state), a_budget(clock, state, priority=Priority.BACKGROUND)
    requests = 0

    for second in range(1, 20):
        incremental.acquire()
        while clock.monotonic() < second:
            background.acquire()
            requests += 1

    assert requests >= 3 * 19


def test_a_thread_that_wakes_up_late_takes_the_next_slot() -> None:
    """The machine was busy, so the request takes a later slot."""
    clock = SleepyClock()
    budget = a_budget(clock, MemoryState(clock))
    budget.acquire()

    clock.late_s = 3 * MAX_LATENESS_S
    budget.acquire()

    assert clock.monotonic() == pytest.approx(2 * budget.interval_s)


class FreezingWindow(SlidingWindow):
    """A window in which the machine is frozen the first time."""

    def __init__(self, clock: FakeClock, *, frozen_s: float) -> None:
        super().__init__(clock, most=5)
        self._machine, self._frozen_s = clock, frozen_s

    def wait(self, *, latest: float = inf) -> bool:
        """Wait for the machine, and as long as the window asks for."""
        self._machine.advance(self._frozen_s)
        self._frozen_s = 0.0
        return super().wait(latest=latest)


def test_a_machine_that_freezes_after_its_slot_takes_another_one() -> None:
    """Meanwhile others have used theirs: its request is not sent beside them."""
    clock = FakeClock()
    state = MemoryState(clock)
    budget = a_budget(clock, state, window=FreezingWindow(clock, frozen_s=60.0))
    budget.acquire()
    sent_at = clock.monotonic()
    a_budget(clock, state).acquire()

    assert sent_at >= 60.0
    assert clock.monotonic() == pytest.approx(sent_at + budget.interval_s)


class SlowState(MemoryState):
    """A state whose answers are late, as those of a process that was frozen meanwhile."""

    late_s: float = 0.0

    def transact(self, work: Callable[[Transaction], T], /) -> T:
        """Run a transaction, and let time pass before its answer comes."""
        result = super().transact(work)
        late_s, self.late_s = self.late_s, 0.0
        self.clock.advance(late_s)
        return result


def test_slots_whose_reservation_was_answered_late_are_not_used() -> None:
    """Others have counted on, so they lie on the slots of those: new ones are reserved."""
    clock = FakeClock()
    state = SlowState(clock)
    frozen, other = a_budget(clock, state, block=10), a_budget(clock, state, block=1)
    sent = []
    state.late_s = 1_500.0

    for budget in (frozen, other, frozen, other, frozen, other, frozen, other):
        budget.acquire()
        sent.append(clock.monotonic())

    assert most_in_a_second(sent) <= 5


class DistantState:
    """A process's way to a state that others use as well: what it reads, and that it was stored, takes time to come."""

    def __init__(self, state: MemoryState, *, first_read_s: float, read_s: float, commit_s: float) -> None:
        self._state, self._read_s, self._commit_s = state, [read_s, first_read_s], commit_s

    def transact(self, work: Callable[[Transaction], T], /) -> T:
        """Run a transaction."""

        def read(transaction: Transaction) -> T:
            self._state.clock.advance(self._read_s.pop() if len(self._read_s) > 1 else self._read_s[0])
            return work(transaction)

        result = self._state.transact(read)
        self._state.clock.advance(self._commit_s)
        return result

    def children(self, collection: str, /) -> Iterator[tuple[str, Document]]:
        """Yield the documents of a collection."""
        return self._state.children(collection)


@pytest.mark.parametrize("block", [1, 7])
def test_processes_agree_on_their_slots_however_long_their_answers_take(block: int) -> None:
    """The last slot of one and the first one of the other keep their distance, also where the first answer is slow."""
    clock = FakeClock()
    state = MemoryState(clock)
    near = DistantState(state, first_read_s=0.001, read_s=0.001, commit_s=0.001)
    far = DistantState(state, first_read_s=0.7, read_s=0.01, commit_s=0.15)
    budgets = [a_budget(clock, each, block=block) for each in (near, far)]
    sent = []

    for number in range(120):
        budgets[number % 2].acquire()
        sent.append(clock.monotonic())

    assert most_in_a_second(sent) <= 5


def test_a_distance_that_is_never_well_known_is_found_out_once() -> None:
    """Each reservation takes one transaction, and none of the slots is wasted."""
    clock = FakeClock()
    state = CountingState(clock)
    far = DistantState(state, first_read_s=0.2, read_s=0.1, commit_s=0.1)
    budget = a_budget(clock, far, block=10)

    for _ in range(100):
        budget.acquire()

    assert state.transactions < 40
