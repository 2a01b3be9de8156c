"""A small pipeline to run deliveries in: fakes behind every port, and a crash point at every operation."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import count
from typing import Any, TypeVar, cast

from sendtrail.delivery.deliver import Outcome
from sendtrail.delivery.handler import handling
from sendtrail.delivery.services import DeliverySettings, Services
from sendtrail.domain.deletion_guard import DeletionGuard
from sendtrail.domain.messages import SyncCampaign, SyncContacts
from sendtrail.errors import Retryable
from sendtrail.ports import Topic, Warehouse
from sendtrail.sync.campaign import CampaignSource, sync_campaign
from sendtrail.sync.contacts import sync_contacts
from sendtrail.sync.dispatch import dispatch
from sendtrail.sync.due import Policy, Request
from sendtrail.sync.runs.stored_run import Summary
from sendtrail.warehouse.domain_rows import activity_row
from sendtrail.warehouse.rows import Table
from tests.fake_account import FakeAccount
from tests.fakes import FakeClock, MemoryPublisher, MemoryState, MemoryWarehouse

T = TypeVar("T")
ORGANIZATION = "acme"
LONG_AGO = timedelta(days=3650)
# What changes nothing; anything else that a port offers is a write, and may be killed.
READS = ("children", "timestamp_evidence", "pass_counts")


class Crash(BaseException):
    """The process died here: nothing after this line runs, and no handler tidies up."""


@dataclass
class CrashPoint:
    """Counts the operations on the ports, and kills at the number `kill_at` of them."""

    kill_at: int | None = None
    operations: int = 0

    def trip(self) -> None:
        """Count one operation."""
        self.operations += 1
        if self.operations == self.kill_at:
            raise Crash

    def after(self, look: Callable[[], None]) -> Callable[[], None]:
        """Return a look at the lease, after which a worker may stand still before it writes."""
        return look

    def around(self, operation: Callable[[], T], *, name: str) -> T:  # noqa: ARG002 - for those who note it
        """Run an operation that may be killed before it happens, or right after."""
        self.trip()
        result = operation()
        self.trip()
        return result


class _Crashing:
    """A port whose writes go through a crash point; reads change nothing, and are let through."""

    def __init__(self, port: object, crash_point: CrashPoint) -> None:
        self._port, self._crash_point = port, crash_point

    def __getattr__(self, name: str) -> Callable[..., Any]:
        operation: Callable[..., Any] = getattr(self._port, name)
        if name in READS:
            return operation

        def looked_and_run(*given: Any, **named: Any) -> Any:
            if "check_lease" in named:
                named["check_lease"] = self._crash_point.after(named["check_lease"])
            return operation(*given, **named)

        return lambda *given, **named: self._crash_point.around(lambda: looked_and_run(*given, **named), name=name)


def crashing(port: T, crash_point: CrashPoint) -> T:
    """Return a port whose writes may be killed."""
    return cast("T", _Crashing(port, crash_point))


class Pages:
    """A time budget of so many steps: the count stands in for the time they take."""

    def __init__(self, steps: int) -> None:
        self._left = steps

    def spent(self) -> bool:
        """Tell whether it is time to hand over."""
        self._left -= 1
        return self._left <= 0


@dataclass
class PipelineHarness:
    """The whole pipeline on fakes."""

    account: FakeAccount = field(default_factory=FakeAccount)
    clock: FakeClock = field(default_factory=FakeClock)
    crash_point: CrashPoint = field(default_factory=CrashPoint)
    settings: DeliverySettings = field(default_factory=lambda: DeliverySettings(flush_rows=50))
    policy: Policy = field(default_factory=lambda: Policy(lookback=LONG_AGO))
    steps: int = 1_000_000
    guard: DeletionGuard = field(default_factory=DeletionGuard)
    erases_gone: bool = False

    def __post_init__(self) -> None:
        self.state, self.publisher, self.warehouse = MemoryState(self.clock), MemoryPublisher(), MemoryWarehouse()
        tokens = count(1)
        self.services = Services(
            state=crashing(self.state, self.crash_point),
            publisher=crashing(self.publisher, self.crash_point),
            warehouse=crashing(self.warehouse, self.crash_point),
            clock=self.clock,
            new_token=lambda: f"token{next(tokens)}",
            settings=self.settings,
        )

    def services_with(self, warehouse: Warehouse, *, clock: FakeClock | None = None) -> Services:
        """Return the services with another warehouse, and another clock."""
        return replace(self.services, warehouse=warehouse, clock=clock or self.services.clock)

    def request(self, run_id: str = "run1", **options: object) -> Request:
        """Return a request to the dispatcher."""
        return Request(organization_id=ORGANIZATION, run_id=run_id, **options)  # type: ignore[arg-type]

    def dispatch(self, run_id: str = "run1", **options: object) -> Summary:
        """Run the dispatcher."""
        request = self.request(run_id, **options)
        return dispatch(request, lists=self.account, services=self.services, policy=self.policy)

    def handle(self, topic: Topic, data: bytes) -> Outcome:
        """Deliver one message."""
        budget = Pages(self.steps)
        with handling(self.services) as delivery:
            if topic is Topic.CAMPAIGNS:
                source = CampaignSource(lists=self.account, reports=self.account)
                delivery.outcome = sync_campaign(
                    delivery.receive(data, SyncCampaign), source=source, services=self.services, budget=budget
                )
            else:
                delivery.outcome = sync_contacts(
                    delivery.receive(data, SyncContacts),
                    contacts=self.account,
                    services=self.services,
                    budget=budget,
                    guard=self.guard,
                    erases_gone=self.erases_gone,
                )
        return delivery.outcome

    def waiting(self) -> list[tuple[Topic, bytes]]:
        """Return the messages that wait, and take them."""
        return [(topic, data) for topic in (Topic.CAMPAIGNS, Topic.CONTACTS) for data in self.publisher.take(topic)]

    def drain(self) -> list[Outcome]:
        """Deliver messages until none is left, again after a kill or a raise, and return how each delivery ended."""
        waiting, outcomes = self.waiting(), []
        while waiting:
            topic, data = waiting.pop(0)
            try:
                outcomes.append(self.handle(topic, data))
            except (Crash, Retryable):
                self.clock.advance(self.settings.lease_s + 1)
                waiting.append((topic, data))
            waiting += self.waiting()
        return outcomes

    def sync(self, run_id: str = "run1", **options: object) -> list[Outcome]:
        """Dispatch and deliver everything; a dispatcher that was killed is started again for the same run."""
        try:
            self.dispatch(run_id, **options)
        except Crash:
            self.clock.advance(timedelta(minutes=5).total_seconds())
            self.dispatch(run_id, **options)
        return self.drain()

    def stored_ids(self) -> set[str]:
        """Return the ids of the activities in the warehouse."""
        return {row["activity_id"] for row in self.warehouse.rows(Table.EMAIL_ACTIVITIES)}

    def account_ids(self) -> set[str]:
        """Return the ids of the activities in the account."""
        rows = [
            activity_row(activity, organization_id=ORGANIZATION, campaign_name="", run_id="", now=self.clock.now())
            for activities in self.account.reports.values()
            for activity in activities
        ]
        return {row["activity_id"] for row in rows}
