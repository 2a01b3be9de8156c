"""One fleet: its accounts, the cloud that they share, and a day in it."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from math import ceil
from random import Random

from benchmarks.fleet.account import CONTACTS_A_PAGE, ROWS_A_PAGE, FleetAccount
from benchmarks.fleet.bigquery import BigQuery
from benchmarks.fleet.clock import MIDNIGHT, FleetClock
from benchmarks.fleet.documents import Documents, PricedState
from benchmarks.fleet.functions import FleetRuntime, Function, Instance, Parts, new_runtime
from benchmarks.fleet.plan import HOUR_S, Plan
from benchmarks.fleet.planting import first_send_of, plant
from benchmarks.fleet.queue import FleetQueue, Message
from benchmarks.fleet.troubles import Trouble, store_trouble
from benchmarks.fleet.warehouse import FleetWarehouse
from sendtrail import threads
from sendtrail.clock import ManualClock
from sendtrail.domain.connection import Connection
from sendtrail.entrypoints.dispatch_accounts import dispatch_accounts
from sendtrail.entrypoints.settings import FunctionSettings
from sendtrail.errors import Retryable
from sendtrail.ports import Topic
from sendtrail.rate_limit.budget import RateBudget
from sendtrail.simulation.cloud.instance import handle
from sendtrail.simulation.engine.scheduler import Scheduler
from sendtrail.simulation.engine.virtual_threads import VirtualThreads
from sendtrail.sync.account_groups import accounts_of_group
from sendtrail.sync.due import Request

MINUTE_S = 60.0
CONTACTS_AT_S = 3.5 * HOUR_S
START_S = 10.0
RETRIES, RETRY_S = 5, 60.0
# terraform/functions.tf: 4 deliveries an account, 16 at most an instance.
AT_A_TIME, MOST_AN_INSTANCE = 4, 16


@dataclass(kw_only=True)
class Run:
    """A run of an account: when it was asked for, its messages that are left, and when the last one was done."""

    asked_at: float
    published: int = 0
    left: int = 0
    done_at: float | None = None


@dataclass(kw_only=True)
class Fleet:
    """Everything in it."""

    plan: Plan
    runs: dict[tuple[str, str], Run] = field(default_factory=dict)
    dispatch_s: list[float] = field(default_factory=list)
    """How long each call of the dispatcher took."""
    longest_delivery_s: float = 0.0
    late: Counter[str] = field(default_factory=Counter)
    """Deliveries that ended with an error that may pass, by its kind."""

    def __post_init__(self) -> None:
        plan = self.plan
        self.scheduler = Scheduler(Random(f"{plan.seed}: schedule"))
        self.clock, self.documents = FleetClock(self.scheduler), Documents()
        self.threads = VirtualThreads(self.scheduler)
        random = Random(f"{plan.seed}: cloud")
        self.bigquery = BigQuery(self.scheduler, random, daily=plan.shape.decay.daily)
        self.queue = FleetQueue(
            scheduler=self.scheduler, random=random, push=self._push, on_published=self._published, on_done=self._done
        )
        self.requests: Counter[str] = Counter()
        self._accounts: dict[str, list[FleetAccount]] = defaultdict(list)
        self.names = [f"account-{number:03d}" for number in range(plan.accounts)]
        deliveries = AT_A_TIME * ceil(plan.accounts / plan.groups)
        self.functions = {
            "dispatcher": self._function("dispatcher", concurrency=4, max_instances=2, flush_rows=5_000),
            Topic.CAMPAIGNS: self._function(
                "campaigns",
                concurrency=min(MOST_AN_INSTANCE, deliveries),
                max_instances=ceil(deliveries / MOST_AN_INSTANCE),
                flush_rows=FunctionSettings.model_fields["flush_rows"].default // ROWS_A_PAGE,
            ),
            Topic.CONTACTS: self._function(
                "contacts",
                concurrency=4,
                max_instances=ceil(plan.accounts / 4),
                flush_rows=FunctionSettings.model_fields["flush_rows"].default // CONTACTS_A_PAGE,
            ),
        }
        self._plant()

    def live(self) -> None:
        """Let the hours pass, and then the work that is left, as long as the fleet is watched at most."""
        self.begin()
        end_s = self.plan.hours * HOUR_S
        minute, over_s = 0.0, end_s + self.plan.watched_s
        while minute <= end_s + MINUTE_S or (minute < over_s and any(run.left for run in self.runs.values())):
            minute += MINUTE_S
            self.scheduler.switches = 0
            self.scheduler.run(until=minute)
        self.end()

    def begin(self) -> None:
        """Set the schedules up."""
        apart_s = self.plan.every_h * HOUR_S / self.plan.groups
        for hour in range(self.plan.every_h, self.plan.hours + 1, self.plan.every_h):  # up to midnight all is read
            for group in range(self.plan.groups):
                names = accounts_of_group(self.names, group=group, groups=self.plan.groups)
                at_s, run_id = hour * HOUR_S - group * apart_s, f"run-{hour:03d}-{group}"
                self._later(at_s, partial(self._dispatch, names, run_id, contacts=False))
        for day in range(ceil(self.plan.hours / 24)):
            at_s = day * 24 * HOUR_S + CONTACTS_AT_S
            self._later(at_s, partial(self._dispatch, self.names, f"contacts-{day:03d}", contacts=True))
        self._later(0.0, self._tick)

    def end(self) -> None:
        """End all tasks, also those at work: what these do at their end finds no time any more."""
        while True:
            with suppress(LookupError):
                self.scheduler.close()
                return

    @property
    def lags_s(self) -> Sequence[float]:
        """Return how long each run of campaigns of each account took, to its last message."""
        return [lag_s for name in self.names for lag_s in self.lags_of(name)]

    def lags_of(self, organization_id: str) -> Sequence[float]:
        """Return how long each run of campaigns of an account took that had anything to do."""
        runs = [run for (name, run_id), run in self.runs.items() if name == organization_id and run_id[:3] == "run"]
        return [(run.done_at or self.scheduler.now) - run.asked_at for run in runs if run.published]

    @property
    def unfinished(self) -> int:
        """Return how many runs were not done in the end."""
        return sum(run.left > 0 for run in self.runs.values())

    @property
    def share_done(self) -> float:
        """Return the share of the messages for campaigns that was done in the end."""
        runs = [run for (_, run_id), run in self.runs.items() if run_id[:3] == "run"]
        published = sum(run.published for run in runs)
        return 1 - sum(run.left for run in runs) / published if published else 1.0

    def busy_s(self, function: str) -> float:
        """Return how many seconds instances of a function ran."""
        return self.functions[function].busy_s

    def asked(self, organization_id: str) -> int:
        """Return how many requests an account has seen."""
        return sum(account.requests for account in self._accounts[organization_id])

    def asked_of_campaigns(self, organization_id: str) -> int:
        """Return how many of them were not for contacts."""
        passes = sum(run_id.startswith("contacts") for whose, run_id in self.runs if whose == organization_id)
        return self.asked(organization_id) - passes * (self.plan.shape.contacts // CONTACTS_A_PAGE)

    def _function(self, name: str, *, concurrency: int, max_instances: int, flush_rows: int) -> Function:
        settings = FunctionSettings.read(
            project_id="a-fleet", flush_rows=flush_rows, backfill_hours=float(self.plan.every_h)
        )
        parts = Parts(
            state=PricedState(self.documents, self.clock),
            publisher=self.queue,
            clock=self.clock,
            warehouse=lambda left: FleetWarehouse(
                bigquery=self.bigquery, shape=self.plan.shape, accounts=self.plan.accounts, seconds_left=left
            ),
            make_account=self._account,
            settings=settings,
        )

        def make() -> FleetRuntime:
            with threads.using(self.threads):
                return new_runtime(name, parts)

        return Function(make=make, concurrency=concurrency, max_instances=max_instances, start_s=START_S)

    def _account(self, connection: Connection, budget: RateBudget) -> FleetAccount:
        whose = connection.organization_id
        first_send = first_send_of(self.plan.shape, self.names.index(whose) / self.plan.accounts)
        account = FleetAccount(
            self.plan.shape,
            connection,
            budget=budget,
            clock=self.clock,
            first_send=first_send,
            trouble=self._trouble(whose),
        )
        self._accounts[whose].append(account)
        return account

    def _plant(self) -> None:
        for number, name in enumerate(self.names):
            counters = plant(
                self.documents, self.plan.shape, name, share=number / self.plan.accounts, seed=self.plan.seed
            )
            self.bigquery.plant(name, counters)
            if trouble := self._trouble(name):
                state = PricedState(self.documents, ManualClock(MIDNIGHT))
                store_trouble(trouble, name, documents=self.documents, state=state)
        self.documents.forget_counts()

    def _trouble(self, organization_id: str) -> Trouble | None:
        return self.plan.troubles.get(self.names.index(organization_id))

    def _later(self, at_s: float, call: Callable[[], object]) -> None:
        def wait_and_call() -> None:
            self.clock.sleep(at_s)
            with threads.using(self.threads):
                call()

        self.scheduler.spawn(wait_and_call, name="later")

    def _tick(self) -> None:
        while True:
            self.clock.sleep(MINUTE_S / 6)
            self.queue.tick()

    def _dispatch(self, names: Sequence[str], run_id: str, *, contacts: bool) -> None:
        """Call the dispatcher as Cloud Scheduler does, again where it fails."""
        function, asked_at = self.functions["dispatcher"], self.clock.monotonic()
        names = [name for name in names if self._trouble(name) is not Trouble.ABSENT]
        for name in names:
            self.runs[name, run_id] = Run(asked_at=asked_at)
        campaigns = frozenset[int]() if contacts else None
        requests = [
            Request(organization_id=name, run_id=run_id, campaign_ids=campaigns, contacts=contacts) for name in names
        ]
        for _ in range(RETRIES):
            instance = function.take(self.clock.monotonic())
            if instance is None:
                raise RuntimeError("the dispatcher has no thread")
            began_at = self.clock.monotonic()
            try:
                with instance.runtime.serving({}):
                    rejected = dispatch_accounts(requests, instance.runtime)[1]
                if any(self._trouble(name) is None for name in rejected):
                    raise RuntimeError(f"accounts are rejected: {rejected}")
                return
            except Retryable as error:
                self.late[f"dispatcher: {error}"] += 1
            finally:
                function.leave(instance, self.clock.monotonic())
                self.dispatch_s.append(self.clock.monotonic() - began_at)
            self.clock.sleep(RETRY_S)

    def _push(self, message: Message) -> bool:
        instance = self.functions[message.topic].take(self.clock.monotonic())
        if instance is None:
            return False
        with threads.using(self.threads):
            self.scheduler.spawn(partial(self._deliver, message, instance), name="delivery")
        return True

    def _deliver(self, message: Message, instance: Instance) -> None:
        function, began_at = self.functions[message.topic], self.clock.monotonic()
        try:
            handle(instance.runtime, topic=message.topic, data=message.data)
        except Retryable as error:
            self.late[type(error).__name__] += 1
            self.queue.refuse(message)
        else:
            self.queue.acknowledge(message)
        now = self.clock.monotonic()
        self.longest_delivery_s = max(self.longest_delivery_s, now - began_at)
        function.leave(instance, now)
        self.queue.pump(message.topic)

    def _published(self, message: Message) -> None:
        run = self.runs[message.organization_id, message.run_id]
        run.left += 1
        run.published += 1

    def _done(self, message: Message, now: float) -> None:
        run = self.runs[message.organization_id, message.run_id]
        run.left -= 1
        run.done_at = now
