"""What the logic needs of the world outside: state, a queue and a warehouse."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Protocol, TypeVar

from sendtrail.domain.contact import PassCounts
from sendtrail.domain.stored_counts import CountsOfReports
from sendtrail.domain.timestamp_meaning import TimestampEvidence
from sendtrail.warehouse.rows import Batch

T = TypeVar("T")
# A document of the state store: JSON values and aware datetimes by name.
Document = Mapping[str, Any]
# Raises LeaseLost where the worker must write nothing more; an adapter calls it right before each of its writes.
LeaseCheck = Callable[[], None]


def no_lease() -> None:
    """Let write whoever needs no lease, as nobody else does the same work."""


class Topic(StrEnum):
    """Where messages go."""

    CAMPAIGNS = "campaigns"
    CONTACTS = "contacts"
    FAILURES = "failures"


class Transaction(Protocol):
    """Reads and writes that happen together or not at all; read before you write."""

    @property
    def now(self) -> datetime:
        """Return the store's time (UTC): the clocks of workers disagree."""
        ...

    def get(self, path: str, /) -> Document | None:
        """Return a document, None where there is none."""
        ...

    def set(self, path: str, document: Document, /) -> None:
        """Replace a document."""
        ...


class State(Protocol):
    """Documents by path: Firestore, or a file."""

    def transact(self, work: Callable[[Transaction], T], /) -> T:
        """Run `work` in one transaction and return what it returns; it may run again, so it does nothing else.

        Raise Unavailable where the store cannot be reached; an error of `work` changes nothing and is passed on.
        """
        ...

    def children(self, collection: str, /) -> Iterator[tuple[str, Document]]:
        """Yield the id and the document of each child of a collection."""
        ...


class Publisher(Protocol):
    """A queue that delivers each message at least once."""

    def publish(self, topic: Topic, messages: Sequence[bytes], /) -> None:
        """Publish all messages and return when all are stored; raise Unavailable when one is not."""
        ...


class ContactPasses(Protocol):
    """Which contacts each pass saw, and those that a complete one did not."""

    def pass_counts(self, organization_id: str, *, pass_id: str, started_at: datetime) -> PassCounts:
        """Return what the pass `pass_id`, which began at `started_at`, means for the stored contacts."""
        ...

    def mark_vanished(
        self, organization_id: str, *, pass_id: str, seen: int, at: datetime, check_lease: LeaseCheck = no_lease
    ) -> int:
        """Set `deleted_at` on the contacts that a complete pass did not see; return how many.

        Mark nobody where fewer than `seen` contacts of the pass are known: it is over, and its rows were forgotten.
        """
        ...

    def forget_pass(self, organization_id: str, *, pass_id: str, check_lease: LeaseCheck = no_lease) -> None:
        """Forget whom a pass saw that is over: from now on it marks nobody."""
        ...


class Warehouse(ContactPasses, Protocol):
    """Tables that rows are merged into."""

    def merge(self, batch: Batch, /, *, check_lease: LeaseCheck = no_lease) -> int:
        """Merge a batch, so that merging it again changes nothing; return the rows inserted or changed.

        Raise Unavailable where the warehouse cannot be reached, Rejected where it refuses the rows.
        """
        ...

    def timestamp_evidence(self, organization_id: str, *, since: date) -> Mapping[str, TimestampEvidence]:
        """Return, by event type, what the times of an account's rows did while their counts grew, from a day on."""
        ...

    def stored_counts(self, organization_id: str, *, since: date) -> CountsOfReports:
        """Return, by campaign and event type, how many rows of an account are stored, from a day on."""
        ...


class WrappedWarehouse:
    """Hands everything on to another warehouse, `inner`; who wraps one says what it does otherwise."""

    __slots__ = ()
    inner: Warehouse

    def merge(self, batch: Batch, /, *, check_lease: LeaseCheck = no_lease) -> int:
        """Merge a batch; return the rows inserted or changed."""
        return self.inner.merge(batch, check_lease=check_lease)

    def pass_counts(self, organization_id: str, *, pass_id: str, started_at: datetime) -> PassCounts:
        """Return what a pass means for the stored contacts."""
        return self.inner.pass_counts(organization_id, pass_id=pass_id, started_at=started_at)

    def mark_vanished(
        self, organization_id: str, *, pass_id: str, seen: int, at: datetime, check_lease: LeaseCheck = no_lease
    ) -> int:
        """Mark the contacts that a complete pass did not see; return how many."""
        return self.inner.mark_vanished(organization_id, pass_id=pass_id, seen=seen, at=at, check_lease=check_lease)

    def forget_pass(self, organization_id: str, *, pass_id: str, check_lease: LeaseCheck = no_lease) -> None:
        """Forget whom a pass saw that is over."""
        self.inner.forget_pass(organization_id, pass_id=pass_id, check_lease=check_lease)

    def timestamp_evidence(self, organization_id: str, *, since: date) -> Mapping[str, TimestampEvidence]:
        """Return what the times of an account's rows did while their counts grew."""
        return self.inner.timestamp_evidence(organization_id, since=since)

    def stored_counts(self, organization_id: str, *, since: date) -> CountsOfReports:
        """Return how many rows are stored."""
        return self.inner.stored_counts(organization_id, since=since)


class TimeBudget(Protocol):
    """How long a delivery may go on."""

    def spent(self) -> bool:
        """Tell whether it is time to hand over."""
        ...


class RequestBudget(Protocol):
    """The account's requests per second, shared by everything that asks it."""

    @property
    def interval_s(self) -> float:
        """Return the time between two requests of the account."""
        ...

    def acquire(self) -> None:
        """Return when the next request may leave."""
        ...

    def back_off(self, retry_after_s: float, /) -> None:
        """Let nobody ask for `retry_after_s` seconds: the account has said 429."""
        ...

    def observe_limits(self, *, limit: float | None, remaining: int | None) -> None:
        """Take note of what an answer says of the limit: requests per second, and how many of them are left."""
        ...
