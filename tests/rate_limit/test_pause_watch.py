"""Requests of an account that is paused: none is sent, and looking costs next to nothing."""

from collections.abc import Callable
from itertools import pairwise
from typing import TypeVar

import pytest

from sendtrail.errors import AccountPaused
from sendtrail.ports import Transaction
from sendtrail.rate_limit.pause_watch import MAX_AGE_S, PauseWatch
from sendtrail.state.account_pause import pause_account, resume_account
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


class PausingClock(FakeClock):
    """A clock during whose sleeps somebody pauses the account."""

    state: MemoryState

    def sleep(self, seconds: float, /) -> None:
        """Let `seconds` pass, and the account be paused meanwhile."""
        super().sleep(seconds)
        pause_account(self.state, "acme")


def test_it_is_looked_once_a_second() -> None:
    """However many requests there are."""
    clock = FakeClock()
    state = CountingState(clock)
    watch = PauseWatch(state, clock, organization_id="acme")

    for _ in range(50):
        watch.ensure_running()
        clock.advance(0.1)

    assert state.transactions == 5


def test_a_pause_is_known_within_a_second_and_its_end_at_once() -> None:
    """No answer that says so is kept."""
    clock = FakeClock()
    state = MemoryState(clock)
    watch = PauseWatch(state, clock, organization_id="acme")
    watch.ensure_running()
    pause_account(state, "acme")
    clock.advance(MAX_AGE_S)

    for _ in range(2):
        with pytest.raises(AccountPaused):
            watch.ensure_running()
    resume_account(state, "acme")

    watch.ensure_running()


def test_a_request_that_waits_while_the_account_is_paused_is_not_sent() -> None:
    """Its turn comes minutes later, as the account has asked to be left alone for so long."""
    clock = PausingClock()
    state = clock.state = MemoryState(clock)
    watch = PauseWatch(state, clock, organization_id="acme")
    budget = a_budget(clock, state, before_request=watch.ensure_running)
    budget.back_off(100.0)

    with pytest.raises(AccountPaused):
        budget.acquire()


def test_looking_ahead_of_a_request_sends_it_on_time() -> None:
    """What is asked before it does not move its slot."""
    clock = FakeClock()
    looked: list[float] = []
    budget = a_budget(clock, MemoryState(clock), rate=1.0, before_request=lambda: looked.append(clock.monotonic()))
    sent = []

    for _ in range(3):
        budget.acquire()
        sent.append(clock.monotonic())

    gaps = [round(later - earlier, 2) for earlier, later in pairwise(sent)]
    assert gaps[0] == gaps[1] > 1.0
    assert [round(at - max(look for look in looked if look < at), 2) for at in sent[1:]] == [0.25, 0.25]
