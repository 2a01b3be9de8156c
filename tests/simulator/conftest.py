"""A small account, and ways to make and serve others."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Any

import pytest

from sendtrail.simulator import Account, Network, Plan, serve
from tests.simulator.reader import Api

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def make_account() -> Callable[..., Account]:
    """Return a way to make a small account that stands at one instant and has no rate limit."""

    def make(**given: Any) -> Account:
        plan = Plan(campaigns=10, openers=120, links=5)
        usual: dict[str, Any] = {"seed": 7, "now": NOW, "plan": plan, "network": Network(rate=0)}
        return Account(**usual | given)

    return make


@pytest.fixture
def connect() -> Iterator[Callable[[Account], Api]]:
    """Return a way to serve an account until the test ends."""
    with ExitStack() as stack:

        def connect_to(account: Account) -> Api:
            running = stack.enter_context(serve(account))
            api = Api(running.url, account)
            stack.callback(api.close)
            return api

        yield connect_to


@pytest.fixture
def account(make_account: Callable[..., Account]) -> Account:
    """Return a small account."""
    return make_account()


@pytest.fixture
def api(account: Account, connect: Callable[[Account], Api]) -> Api:
    """Return the small account being served."""
    return connect(account)
