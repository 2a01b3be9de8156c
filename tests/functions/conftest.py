"""Instances of the functions, and the simulated accounts that they reach."""

import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from sendtrail.simulator import Account, Failure, Network, Plan, serve
from tests.fakes import NOON
from tests.functions.instance import Instance

Connect = Callable[..., Account]


@pytest.fixture
def instance(monkeypatch: pytest.MonkeyPatch) -> Iterator[Instance]:
    """Give an instance on fakes."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    monkeypatch.setattr(sys, "path", sys.path[:])  # functions-framework adds the function's folder
    yield Instance()
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture
def connect(instance: Instance) -> Iterator[Callable[..., Account]]:
    """Give a way to add accounts, served until the test ends."""
    with ExitStack() as stack:
        seeds: dict[str, int] = {}  # no two of them are the same account

        def add(organization_id: str, *, key: str | None = None, failures: tuple[Failure, ...] = ()) -> Account:
            seed = seeds.setdefault(organization_id, len(seeds) + 1)
            plan, network = Plan(campaigns=3, openers=30), Network(rate=0)
            account = Account(seed=seed, now=NOON, plan=plan, network=network, failures=failures)
            url = stack.enter_context(serve(account)).url
            instance.connect(organization_id, url=url, key=key or account.api_key)
            return account

        yield add
