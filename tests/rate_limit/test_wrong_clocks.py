"""A budget that was stored while a clock was wrong makes nobody wait for longer than a bound."""

import logging
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sendtrail.domain.request_rate import Priority, RateLimit
from sendtrail.local.duckdb_warehouse import DuckDbWarehouse
from sendtrail.local.state.adoption import open_state
from sendtrail.rate_limit.gcra import INCREMENTAL_LASTS, LimitState, credible, max_wait, reserve
from tests.fakes import NOON, FakeClock, MemoryState
from tests.rate_limit.budgets import a_budget

FIVE_PER_SECOND = RateLimit(requests_per_second=5)
LATEST = NOON + max_wait(FIVE_PER_SECOND)
ERRORS = [timedelta(minutes=10), timedelta(days=3), timedelta(days=365), timedelta(days=365 * 100)]
ANY_TIME = st.timedeltas(timedelta(days=-20_000), timedelta(days=2_000_000)).map(NOON.__add__)


def with_wrong_clock(error: timedelta, *, priority: Priority = Priority.INCREMENTAL) -> MemoryState:
    """Return the state that a process leaves whose clock is wrong by this much, with the right clock."""
    clock = FakeClock(NOON + error)
    state = MemoryState(clock)
    a_budget(clock, state, priority=priority).acquire()
    state.clock = FakeClock()
    return state


@pytest.mark.parametrize("priority", Priority)
@pytest.mark.parametrize("error", [*ERRORS, *(-error for error in ERRORS[:3])], ids=str)
def test_a_clock_that_was_wrong_costs_the_next_sync_no_time(error: timedelta, priority: Priority) -> None:
    """Forward or back, by minutes, days or years."""
    state = with_wrong_clock(error)

    a_budget(state.clock, state, priority=priority).acquire()

    assert state.clock.monotonic() < 1.0


@pytest.mark.parametrize("error", ERRORS, ids=str)
def test_a_database_of_a_wrong_clock_costs_no_time_either(
    make_database: Callable[[Path], Path], tmp_path: Path, error: timedelta
) -> None:
    """The file is on a machine whose clock was set right."""
    database = make_database(tmp_path / "data.duckdb")
    for now in (NOON + error, NOON):
        clock = FakeClock(now)
        with DuckDbWarehouse(database) as warehouse, open_state(warehouse, clock=clock) as state:
            a_budget(clock, state).acquire()

    assert clock.monotonic() < 1.0


def test_a_clock_that_is_wrong_by_less_than_the_bound_is_waited_for() -> None:
    """Such a time may be that of a 429, so the wait is kept, and it is bounded."""
    state = with_wrong_clock(timedelta(minutes=4))

    a_budget(state.clock, state).acquire()

    assert 240 <= state.clock.monotonic() < max_wait(FIVE_PER_SECOND).total_seconds()


def test_one_sentence_says_that_a_clock_was_wrong(caplog: pytest.LogCaptureFixture) -> None:
    """What is reset is stored, so the next request finds it right."""
    state = with_wrong_clock(timedelta(days=1))
    budget = a_budget(state.clock, state)

    with caplog.at_level(logging.WARNING):
        budget.acquire()
        budget.acquire()

    [sentence] = caplog.messages
    assert "acme was stored while a clock was wrong" in sentence


def test_a_429_counts_also_where_the_stored_time_is_wrong() -> None:
    """Its pause replaces the time in the far future, rather than to be hidden by it."""
    state = with_wrong_clock(timedelta(days=365))
    budget = a_budget(state.clock, state)

    budget.back_off(20.0)
    budget.acquire()

    assert state.clock.monotonic() == pytest.approx(20.0)


def test_a_long_wait_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    """The account asked for a pause; whoever watches learns how long it takes."""
    clock = FakeClock()
    state = MemoryState(clock)
    a_budget(clock, state).back_off(200.0)
    budget = a_budget(clock, state, priority=Priority.BACKGROUND)

    with caplog.at_level(logging.WARNING):
        budget.acquire()
        budget.acquire()

    [sentence] = caplog.messages
    assert "the account of acme is sent in 200 s" in sentence


def test_true_times_are_kept() -> None:
    """The latest that are possible, and those in the past."""
    latest = LimitState(next_free=LATEST, news_until=LATEST + INCREMENTAL_LASTS, background_free=LATEST, limit=5.0)
    past = LimitState(next_free=NOON - ERRORS[1], news_until=NOON - ERRORS[2], background_free=NOON - ERRORS[2])

    assert credible(latest, rate_limit=FIVE_PER_SECOND, now=NOON) == latest
    assert credible(past, rate_limit=FIVE_PER_SECOND, now=NOON) == past
    assert credible(None, rate_limit=FIVE_PER_SECOND, now=NOON) is None


@given(
    state=st.builds(
        LimitState, next_free=ANY_TIME, news_until=st.none() | ANY_TIME, background_free=st.none() | ANY_TIME
    ),
    priority=st.sampled_from(Priority),
)
def test_no_stored_time_makes_a_request_wait_beyond_the_bound(state: LimitState, priority: Priority) -> None:
    """Whatever is stored: background work that has to ask again may take a slot by then, too."""
    before = credible(state, rate_limit=FIVE_PER_SECOND, now=NOON)

    granted, _ = reserve(before, count=1, rate_limit=FIVE_PER_SECOND, priority=priority, now=NOON)
    at_the_latest, _ = reserve(before, count=1, rate_limit=FIVE_PER_SECOND, priority=priority, now=LATEST)

    assert granted.first <= LATEST
    assert (at_the_latest.count, at_the_latest.first) == (1, LATEST)
