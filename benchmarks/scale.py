"""The time that one worker and four take for a fixed backlog of four accounts, each with a limit of its own."""

import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from random import random
from uuid import uuid4
from zoneinfo import ZoneInfo

from pydantic import SecretStr

from benchmarks.account import KEY, Options, SimulatedAccount, simulated
from benchmarks.figures import Figure
from benchmarks.pace import print_requests
from sendtrail.activecampaign.account import Account
from sendtrail.activecampaign.account_factory import AccountFactory
from sendtrail.cli.settings.sync_settings import BEGINNING
from sendtrail.clock import Clock, Deadline, SystemClock
from sendtrail.delivery.handler import handling
from sendtrail.delivery.services import Services
from sendtrail.domain.connection import DEFAULT_TIME_ZONE, Connection
from sendtrail.domain.messages import SyncCampaign, encode
from sendtrail.local.duckdb_warehouse import DuckDbWarehouse
from sendtrail.local.queue import InProcessQueue
from sendtrail.local.state.adoption import open_state
from sendtrail.ports import State, Topic
from sendtrail.sync.campaign import CampaignSource, sync_campaign
from sendtrail.sync.due import Policy, Request, due

FEW, MANY = 1, 4
ACCOUNTS = 4
# A limit so low that workers wait for the accounts' budgets, and not for this machine.
RATE = 14
NETWORK = {"rate": RATE, "latency_ms": 10, "jitter_ms": 40}
# Campaigns of one size, so that the work can be divided evenly: about 180 requests per account.
SIZES: Options = {"campaigns": 10, "openers": 180, "skew": 0, "kinds": "ordinary"}
TIME_BUDGET_S = 480.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Backlog:
    """Four accounts, and the messages of all their campaigns: one of each account in turn."""

    accounts: Mapping[str, Account]
    services: Services
    messages: list[bytes]


def measure() -> list[Figure]:
    """Return the time for the backlog with one worker and with four, and how many times faster four are."""
    with ExitStack() as stack:
        simulators = [stack.enter_context(simulated(account_options(seed, SIZES))) for seed in range(1, ACCOUNTS + 1)]
        few, many = seconds(simulators, workers=FEW), seconds(simulators, workers=MANY)
    return [
        Figure(scenario="scale", name=f"{FEW} worker, {ACCOUNTS} accounts", value=few, unit=" s"),
        Figure(scenario="scale", name=f"{MANY} workers, {ACCOUNTS} accounts", value=many, unit=" s"),
        Figure(scenario="scale", name="times faster", value=few / many, target=3.6, bound="at least"),
    ]


def account_options(seed: int, sizes: Options) -> dict[str, object]:
    """Return the options of one of the accounts."""
    return {**NETWORK, **sizes, "seed": seed}


def seconds(simulators: list[SimulatedAccount], *, workers: int) -> float:
    """Return how many seconds this many workers take to sync all campaigns into an empty warehouse."""
    for simulator in simulators:
        simulator.forget()
    clock = SystemClock()
    queue = InProcessQueue(clock=clock, chance=random)
    with tempfile.TemporaryDirectory() as folder, _backlog(simulators, Path(folder), queue, clock) as backlog:
        queue.publish(Topic.CAMPAIGNS, backlog.messages)
        began = clock.monotonic()
        queue.run({Topic.CAMPAIGNS: lambda data: _deliver(data, backlog)}, concurrency=workers)
        took = clock.monotonic() - began
    if queue.failures or queue.published_failures:
        raise RuntimeError(f"not all of the backlog was merged: {queue.failures} {queue.published_failures}")
    for simulator in simulators:
        print_requests(f"scale, {workers} workers", simulator.arrivals())
    return took


@contextmanager
def _backlog(
    simulators: list[SimulatedAccount], folder: Path, queue: InProcessQueue, clock: Clock
) -> Iterator[Backlog]:
    with (
        DuckDbWarehouse(folder / "bench.duckdb") as warehouse,
        open_state(warehouse, clock=clock) as state,
    ):
        accounts = {f"account-{n}": _account(f"account-{n}", sim.url, state) for n, sim in enumerate(simulators)}
        services = Services(
            state=state, publisher=queue, warehouse=warehouse, clock=clock, new_token=lambda: uuid4().hex
        )
        by_account = [_messages(name, account, clock) for name, account in accounts.items()]
        yield Backlog(accounts=accounts, services=services, messages=list(map(encode, by_turns(by_account))))


def by_turns(accounts: Iterable[Iterable[SyncCampaign]]) -> Iterator[SyncCampaign]:
    """Yield one message of each account in turn; all accounts have the same number of messages."""
    return chain.from_iterable(zip(*accounts, strict=True))


def _account(name: str, url: str, state: State) -> Account:
    connection = Connection(
        organization_id=name,
        api_url=url,
        api_key=SecretStr(KEY),
        time_zone=ZoneInfo(DEFAULT_TIME_ZONE),
        requests_per_second=RATE,
    )
    return AccountFactory(state, SystemClock()).account(connection)


def _messages(name: str, account: Account, clock: Clock) -> list[SyncCampaign]:
    request = Request(organization_id=name, run_id="bench", since=BEGINNING, contacts=False)
    found = due(account.campaigns(), checkpoints={}, request=request, policy=Policy(), now=clock.now())
    return [each.message for each in found]


def _deliver(data: bytes, backlog: Backlog) -> None:
    with handling(backlog.services) as delivery:
        message = delivery.receive(data, SyncCampaign)
        account = backlog.accounts[message.organization_id]
        source = CampaignSource(lists=account, reports=account)
        budget = Deadline(backlog.services.clock, budget_s=TIME_BUDGET_S)
        sync_campaign(message, source=source, services=backlog.services, budget=budget)
