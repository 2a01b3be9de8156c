"""Fixtures of the ActiveCampaign adapter's tests."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from sendtrail.activecampaign.account import Account
from sendtrail.activecampaign.account_memory import AccountMemory
from sendtrail.activecampaign.http.client import Timeouts
from sendtrail.activecampaign.http.retries import RetryPolicy
from tests.activecampaign.scripted_account import (
    CountingBudget,
    Received,
    Reply,
    ScriptedAccount,
    a_connection,
    scripted,
)
from tests.fakes import FakeClock

Serve = Callable[[Callable[[Received], Reply]], ScriptedAccount]
Connect = Callable[..., Account]


@pytest.fixture
def clock() -> FakeClock:
    """Return a clock on which nobody really waits."""
    return FakeClock()


@pytest.fixture
def budget() -> CountingBudget:
    """Return a budget that counts the requests."""
    return CountingBudget()


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Return a function that serves a scripted account until the test is over."""
    with ExitStack() as stack:
        yield lambda answer: stack.enter_context(scripted(answer))


@pytest.fixture
def connect(clock: FakeClock, budget: CountingBudget) -> Connect:
    """Return a function that connects to an account with few attempts and a short breath."""

    def to(
        url: str,
        *,
        key: str = "simulated-key",
        attempts: int = 3,
        read_s: float = 10.0,
        memory: AccountMemory | None = None,
    ) -> Account:
        return Account(
            a_connection(url, key=key),
            budget=budget,
            clock=clock,
            retries=RetryPolicy(attempts=attempts),
            timeouts=Timeouts(connect_s=5.0, read_s=read_s),
            memory=memory,
        )

    return to
