"""Hand-written fakes of the ports; `tests/contracts` holds them to the behaviour of the real adapters."""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar

from sendtrail.clock import ManualClock
from sendtrail.metrics.definitions import Attributes, Metric
from sendtrail.ports import Document, Topic, Transaction
from sendtrail.simulation.cloud import memory_warehouse
from sendtrail.sync.pairing.row_counts import RowCount, TableLook
from sendtrail.warehouse.rows import Table

T = TypeVar("T")

NOON = datetime(2025, 6, 1, 12, tzinfo=UTC)


class FakeClock(ManualClock):
    """A clock that shows noon until somebody sleeps or moves it."""

    def __init__(self, now: datetime = NOON) -> None:
        super().__init__(now)


class WrongClock(FakeClock):
    """A clock that may show another time of day than it is."""

    off_by = timedelta()

    def now(self) -> datetime:
        """Return the time of day that it shows."""
        return self.right() + self.off_by

    def right(self) -> datetime:
        """Return the time of day that it is."""
        return super().now()


class MemoryMetrics:
    """Measurements in memory, and how often they were sent."""

    def __init__(self) -> None:
        self.measured: list[tuple[str, float, dict[str, str | int]]] = []
        self.flushed = 0

    def record(self, metric: Metric, value: float, attributes: Attributes, /) -> None:
        """Take a measurement, with the attributes of its metric and no others."""
        assert attributes.keys() <= {*metric.attributes}, (metric.name, attributes)
        self.measured.append((metric.name, value, dict(attributes)))

    def flush(self) -> None:
        """Count that it was to be sent."""
        self.flushed += 1

    def close(self) -> None:
        """Do nothing."""

    def values(self, metric: Metric, **attributes: str | int) -> list[float]:
        """Return the values of a metric that have these attributes, in order."""
        return [
            value for name, value, found in self.measured if name == metric.name and attributes.items() <= found.items()
        ]


class MemoryTransaction:
    """Reads what is stored and keeps its writes to itself until they are applied."""

    def __init__(self, documents: Mapping[str, Document], now: datetime) -> None:
        self._documents = documents
        self._now = now
        self.writes: dict[str, dict[str, Any]] = {}

    @property
    def now(self) -> datetime:
        """Return the store's time (UTC)."""
        return self._now

    def get(self, path: str, /) -> Document | None:
        """Return a copy of a document, None where there is none."""
        document = self.writes.get(path) or self._documents.get(path)
        return deepcopy(document)

    def set(self, path: str, document: Document, /) -> None:
        """Replace a document."""
        self.writes[path] = deepcopy(dict(document))


class MemoryState:
    """State in memory: one transaction at a time, all of it or nothing."""

    def __init__(self, clock: FakeClock | None = None) -> None:
        self.clock = clock or FakeClock()
        self.documents: dict[str, Document] = {}
        self._lock = threading.Lock()

    def transact(self, work: Callable[[Transaction], T], /) -> T:
        """Run `work` in one transaction and return what it returns."""
        with self._lock:
            transaction = MemoryTransaction(self.documents, self.clock.now())
            result = work(transaction)
            self.documents.update(transaction.writes)
            return result

    def children(self, collection: str, /) -> Iterator[tuple[str, Document]]:
        """Yield the id and the document of each child of a collection."""
        with self._lock:
            documents = deepcopy(self.documents)
        for path, document in sorted(documents.items()):
            parent, _, name = path.rpartition("/")
            if parent == collection:
                yield name, document


class MemoryPublisher:
    """Keeps what was published, by topic."""

    def __init__(self) -> None:
        self.published: dict[Topic, list[bytes]] = {topic: [] for topic in Topic}
        self._lock = threading.Lock()

    def publish(self, topic: Topic, messages: Sequence[bytes], /) -> None:
        """Keep all messages."""
        with self._lock:
            self.published[topic].extend(messages)

    def take(self, topic: Topic) -> list[bytes]:
        """Return the messages of a topic and forget them."""
        with self._lock:
            messages, self.published[topic] = self.published[topic], []
            return messages


class MemoryWarehouse(memory_warehouse.MemoryWarehouse):
    """The simulation's warehouse; without a clock it is later than any time of a test."""

    def __init__(self, clock: ManualClock | None = None) -> None:
        super().__init__(clock or FakeClock(datetime(2100, 1, 1, tzinfo=UTC)))


class MemoryStoredActivities:
    """Looks at the activities of a MemoryWarehouse, which is this table until `identity` says that it is another."""

    def __init__(self, warehouse: MemoryWarehouse, *, expiry: timedelta | None = timedelta(days=730)) -> None:
        self.warehouse, self.expiry, self.identity = warehouse, expiry, "created-first"
        self.counted, self.schema_version = 0, 1

    def look(self) -> TableLook:
        """Return what a table's metadata says."""
        return TableLook(
            identity=self.identity,
            rows=self.warehouse.counts()[Table.EMAIL_ACTIVITIES],
            expiry=self.expiry,
            schema_version=self.schema_version,
        )

    def counts(self, *, since: date, lasting_since: date) -> Mapping[str, Mapping[int, RowCount]]:
        """Return the rows of every campaign by organization, from two days on."""
        self.counted += 1
        found: dict[str, dict[int, RowCount]] = {}
        for row in self.warehouse.rows(Table.EMAIL_ACTIVITIES):
            if row["activity_date"] >= since.isoformat():
                campaigns = found.setdefault(row["organization_id"], {})
                before = campaigns.get(row["campaign_id"], RowCount())
                is_lasting = row["activity_date"] >= lasting_since.isoformat()
                campaigns[row["campaign_id"]] = RowCount(stored=before.stored + 1, lasting=before.lasting + is_lasting)
        return found
