"""A small pipeline to run deliveries in: fakes behind every port, and a crash point at every operation."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import count
from typing import TypeVar

from sendtrail.delivery.deliver import Outcome
from sendtrail.delivery.handler import handling
from sendtrail.delivery.services import DeliverySettings, Services
from sendtrail.domain.messages import SyncCampaign, SyncContacts
from sendtrail.domain.timestamp_meaning import TimestampEvidence
from sendtrail.errors import Retryable
from sendtrail.ports import Document, Publisher, State, Topic, Transaction, Warehouse
from sendtrail.sync.campaign import CampaignSource, sync_campaign
from sendtrail.sync.contacts import sync_contacts
from sendtrail.sync.dispatch import Summary, dispatch
from sendtrail.sync.due import Policy, Request
from sendtrail.warehouse.rows import Batch, Table, activity_row
from tests.fake_account import FakeAccount
from tests.fakes import FakeClock, MemoryPublisher, MemoryState, MemoryWarehouse

T = TypeVar("T")
ORGANIZATION = "acme"
LONG_AGO = timedelta(days=3650)


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

    def around(self, operation: Callable[[], T]) -> T:
        """Run an operation that may be killed before it happens, or right after."""
        self.trip()
        result = operation()
        self.trip()
        return result


@dataclass
class WiredState:
    """State behind a crash point."""

    inner: State
    crash_point: CrashPoint

    def transact(self, work: Callable[[Transaction], T], /) -> T:
        """Run a transaction."""
        return self.crash_point.around(lambda: self.inner.transact(work))

    def children(self, collection: str, /) -> Iterator[tuple[str, Document]]:
        """Yield the children of a collection."""
        return self.inner.children(collection)


@dataclass
class WiredPublisher:
    """A publisher behind a crash point."""

    inner: Publisher
    crash_point: CrashPoint

    def publish(self, topic: Topic, messages: Sequence[bytes], /) -> None:
        """Publish messages."""
        self.crash_point.around(lambda: self.inner.publish(topic, messages))


@dataclass
class WiredWarehouse:
    """A warehouse behind a crash point."""

    inner: Warehouse
    crash_point: CrashPoint

    def merge(self, batch: Batch, /) -> int:
        """Merge a batch."""
        return self.crash_point.around(lambda: self.inner.merge(batch))

    def mark_vanished(self, organization_id: str, *, pass_id: str, at: datetime) -> int:
        """Mark the contacts that a pass did not see."""
        return self.crash_point.around(lambda: self.inner.mark_vanished(organization_id, pass_id=pass_id, at=at))

    def timestamp_evidence(self, organization_id: str, *, since: date) -> Mapping[str, TimestampEvidence]:
        """Return the evidence."""
        return self.inner.timestamp_evidence(organization_id, since=since)


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

    def __post_init__(self) -> None:
        self.state, self.publisher, self.warehouse = MemoryState(self.clock), MemoryPublisher(), MemoryWarehouse()
        tokens = count(1)
        self.services = Services(
            state=WiredState(self.state, self.crash_point),
            publisher=WiredPublisher(self.publisher, self.crash_point),
            warehouse=WiredWarehouse(self.warehouse, self.crash_point),
            clock=self.clock,
            new_token=lambda: f"token{next(tokens)}",
            settings=self.settings,
        )

    def services_with(self, warehouse: Warehouse) -> Services:
        """Return the services with another warehouse."""
        return replace(self.services, warehouse=warehouse)

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
                    delivery.receive(data, SyncContacts), contacts=self.account, services=self.services, budget=budget
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
