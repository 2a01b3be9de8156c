"""The decisions about slots: none is reserved twice, and incremental work goes first without stopping the rest."""

from datetime import datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from sendtrail.domain.request_rate import HEADROOM, Priority, RateLimit
from sendtrail.rate_limit.gcra import (
    BACKGROUND_EVERY,
    INCREMENTAL_LASTS,
    LimitState,
    Reservation,
    backed_off,
    reserve,
    with_limit,
)
from tests.fakes import NOON

SECOND = timedelta(seconds=1)
FIVE_PER_SECOND = RateLimit(requests_per_second=5)
INTERVAL = FIVE_PER_SECOND.interval()


def ask(
    state: LimitState | None, *, priority: Priority = Priority.INCREMENTAL, count: int = 1, now: datetime = NOON
) -> tuple[Reservation, LimitState]:
    """Reserve slots of five per second."""
    return reserve(state, count=count, rate_limit=FIVE_PER_SECOND, priority=priority, now=now)


@given(
    asked=st.lists(st.tuples(st.integers(1, 9), st.sampled_from(Priority), st.integers(0, 3_000)), min_size=1),
)
def test_slots_are_never_closer_than_the_interval(asked: list[tuple[int, Priority, int]]) -> None:
    """Any priority, time and number of slots."""
    state, now, taken = None, NOON, []
    for count, priority, pause_ms in asked:
        now += timedelta(milliseconds=pause_ms)
        granted, state = ask(state, priority=priority, count=count, now=now)
        assert granted.first >= now
        taken += [granted.first + n * granted.interval for n in range(granted.count)]

    assert all(later - earlier >= INTERVAL for earlier, later in pairwise(sorted(taken)))


def test_backing_off_never_makes_a_slot_earlier() -> None:
    """Of two answers with 429, the later end counts."""
    state = LimitState(next_free=NOON)

    assert backed_off(state, until=NOON + SECOND).next_free == NOON + SECOND
    assert backed_off(state, until=NOON - SECOND).next_free == NOON
    assert backed_off(None, until=NOON).next_free == NOON


def test_the_lower_of_the_two_limits_counts() -> None:
    """One is configured, the other is named by the account."""
    state = with_limit(None, limit=2, now=NOON)

    granted, _ = ask(state)

    assert granted.interval == timedelta(seconds=(1 + HEADROOM) / 2)
    assert FIVE_PER_SECOND.interval(limit=50) == INTERVAL


def test_background_work_waits_while_incremental_work_has_reserved_the_next_slots() -> None:
    """It gets the time to ask again, and nothing is reserved."""
    _, state = ask(None, count=3)
    _, state = ask(state, priority=Priority.BACKGROUND)  # its one slot in ten

    granted, after = ask(state, priority=Priority.BACKGROUND, now=NOON + SECOND / 10)

    assert (granted.count, granted.first) == (0, state.next_free - INTERVAL)
    assert after == state


def test_background_work_gets_a_slot_that_incremental_work_leaves_idle() -> None:
    """It gets one at a time, so that incremental work waits for one at most."""
    _, state = ask(None, count=1)
    _, state = ask(state, priority=Priority.BACKGROUND)

    granted, _ = ask(state, priority=Priority.BACKGROUND, count=8, now=NOON + SECOND)

    assert (granted.count, granted.first) == (1, NOON + SECOND)


def test_background_work_never_stops() -> None:
    """Incremental work that reserves far ahead leaves it one slot in ten."""
    state, now, granted_to_background = None, NOON, 0
    for _ in range(100):
        _, state = ask(state, count=1, now=now)
        granted, state = ask(state, priority=Priority.BACKGROUND, now=now)
        granted_to_background += granted.count
        now += INTERVAL * 0.5

    assert granted_to_background == 100 * 0.5 / BACKGROUND_EVERY


def test_background_work_has_the_budget_to_itself_without_incremental_work() -> None:
    """That is so some seconds after the last slot of incremental work."""
    first, state = ask(None)

    granted, _ = ask(state, priority=Priority.BACKGROUND, count=8, now=first.first + INTERVAL + INCREMENTAL_LASTS)

    assert granted.count == 8
