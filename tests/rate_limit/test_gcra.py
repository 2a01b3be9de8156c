"""The decisions about the account's slots: none is given twice, and news goes first without stopping anybody."""

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
    limited,
    pushed_back,
    reserve,
)
from tests.fakes import NOON

SECOND = timedelta(seconds=1)
PACE = RateLimit(requests_per_second=5)
INTERVAL = PACE.interval()


def ask(
    slots: LimitState | None, *, priority: Priority = Priority.INCREMENTAL, count: int = 1, now: datetime = NOON
) -> tuple[Reservation, LimitState]:
    """Ask for slots of five a second."""
    return reserve(slots, count=count, rate_limit=PACE, priority=priority, now=now)


@given(
    asked=st.lists(st.tuples(st.integers(1, 9), st.sampled_from(Priority), st.integers(0, 3_000)), min_size=1),
)
def test_slots_are_never_closer_than_the_interval(asked: list[tuple[int, Priority, int]]) -> None:
    """Whoever asks, whenever, for however many."""
    slots, now, taken = None, NOON, []
    for count, priority, pause_ms in asked:
        now += timedelta(milliseconds=pause_ms)
        granted, slots = ask(slots, priority=priority, count=count, now=now)
        assert granted.first >= now
        taken += [granted.first + n * granted.interval for n in range(granted.count)]

    assert all(later - earlier >= INTERVAL for earlier, later in pairwise(sorted(taken)))


def test_a_429_holds_everybody_back_and_never_brings_anybody_forward() -> None:
    """The later of two answers counts."""
    slots = LimitState(next_free=NOON)

    assert pushed_back(slots, until=NOON + SECOND).next_free == NOON + SECOND
    assert pushed_back(slots, until=NOON - SECOND).next_free == NOON
    assert pushed_back(None, until=NOON).next_free == NOON


def test_the_lower_of_the_two_limits_counts() -> None:
    """What was configured, and what the account says."""
    slots = limited(None, limit=2, now=NOON)

    granted, _ = ask(slots)

    assert granted.interval == timedelta(seconds=(1 + HEADROOM) / 2)
    assert PACE.interval(limit=50) == INTERVAL


def test_background_work_waits_while_news_has_reserved_the_present() -> None:
    """It is told when to ask again, and nothing is reserved for it."""
    _, slots = ask(None, count=3)
    _, slots = ask(slots, priority=Priority.BACKGROUND)  # its own share: once in a while it goes in between

    granted, after = ask(slots, priority=Priority.BACKGROUND, now=NOON + SECOND / 10)

    assert (granted.count, granted.first) == (0, slots.next_free - INTERVAL)
    assert after == slots


def test_background_work_gets_a_slot_that_news_leaves_idle() -> None:
    """One at a time, so that news never waits for more than one."""
    _, slots = ask(None, count=1)
    _, slots = ask(slots, priority=Priority.BACKGROUND)

    granted, _ = ask(slots, priority=Priority.BACKGROUND, count=8, now=NOON + SECOND)

    assert (granted.count, granted.first) == (1, NOON + SECOND)


def test_background_work_never_stands_still() -> None:
    """News that reserves far ahead leaves it one slot in ten."""
    slots, now, granted_to_background = None, NOON, 0
    for _ in range(100):
        _, slots = ask(slots, count=1, now=now)
        granted, slots = ask(slots, priority=Priority.BACKGROUND, now=now)
        granted_to_background += granted.count
        now += INTERVAL * 0.5

    assert granted_to_background == 100 * 0.5 / BACKGROUND_EVERY


def test_background_work_has_the_budget_to_itself_when_there_is_no_news() -> None:
    """A while after the last slot of news."""
    first, slots = ask(None)

    granted, _ = ask(slots, priority=Priority.BACKGROUND, count=8, now=first.first + INTERVAL + INCREMENTAL_LASTS)

    assert granted.count == 8
