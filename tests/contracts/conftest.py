"""What the contracts run over: a factory for each adapter of each port. A new adapter is one line here."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from sendtrail.local.duckdb_warehouse import DuckDbWarehouse
from sendtrail.local.queue import InProcessQueue
from sendtrail.local.sqlite_state import SqliteState
from sendtrail.ports import State, Topic
from sendtrail.warehouse.rows import Table
from tests.contracts.under_test import PublisherUnderTest, Row, WarehouseUnderTest
from tests.fakes import FakeClock, MemoryPublisher, MemoryState, MemoryWarehouse


@contextmanager
def memory_state(_folder: Path) -> Iterator[State]:
    """Give the fake."""
    yield MemoryState()


@contextmanager
def sqlite_state(folder: Path) -> Iterator[State]:
    """Give the embedded adapter."""
    with SqliteState(folder / "state.sqlite", clock=FakeClock()) as state:
        yield state


@contextmanager
def memory_publisher(_folder: Path) -> Iterator[PublisherUnderTest]:
    """Give the fake."""
    publisher = MemoryPublisher()
    yield PublisherUnderTest(publisher=publisher, read=publisher.take)


@contextmanager
def in_process_queue(_folder: Path) -> Iterator[PublisherUnderTest]:
    """Give the embedded adapter, read by running it."""
    queue = InProcessQueue(clock=FakeClock(), chance=lambda: 0.0)
    received: dict[Topic, list[bytes]] = {topic: [] for topic in Topic}

    def read(topic: Topic) -> list[bytes]:
        queue.run({each: received[each].append for each in Topic}, concurrency=1)
        return received[topic]

    yield PublisherUnderTest(publisher=queue, read=read)


@contextmanager
def memory_warehouse(_folder: Path) -> Iterator[WarehouseUnderTest]:
    """Give the fake."""
    warehouse = MemoryWarehouse()
    yield WarehouseUnderTest(warehouse=warehouse, rows=warehouse.rows)


@contextmanager
def duckdb_warehouse(folder: Path) -> Iterator[WarehouseUnderTest]:
    """Give the embedded adapter."""
    with DuckDbWarehouse(folder / "warehouse.duckdb") as warehouse:

        def rows(table: Table) -> list[Row]:
            result = warehouse.query(f"SELECT * FROM marketing_ai.{table}")
            return [dict(zip(result.columns, row, strict=True)) for row in result.rows]

        yield WarehouseUnderTest(warehouse=warehouse, rows=rows)


STATES: Mapping[str, Callable[[Path], AbstractContextManager[State]]] = {
    "memory": memory_state,
    "sqlite": sqlite_state,
}
PUBLISHERS: Mapping[str, Callable[[Path], AbstractContextManager[PublisherUnderTest]]] = {
    "memory": memory_publisher,
    "in_process": in_process_queue,
}
WAREHOUSES: Mapping[str, Callable[[Path], AbstractContextManager[WarehouseUnderTest]]] = {
    "memory": memory_warehouse,
    "duckdb": duckdb_warehouse,
}


# The adapters of Google Cloud, by the fixtures that give them: their emulators run for the whole session.
GOOGLE = {"firestore": "firestore_state", "pubsub": "pubsub_publisher", "bigquery": "bigquery_warehouse"}


@pytest.fixture(params=[*STATES, "firestore"])
def state(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[State]:
    """Give an empty state store."""
    if request.param in GOOGLE:
        yield request.getfixturevalue(GOOGLE[request.param])
        return
    with STATES[request.param](tmp_path) as state:
        yield state


@pytest.fixture(params=[*PUBLISHERS, "pubsub"])
def publisher(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[PublisherUnderTest]:
    """Give an empty queue."""
    if request.param in GOOGLE:
        yield request.getfixturevalue(GOOGLE[request.param])
        return
    with PUBLISHERS[request.param](tmp_path) as publisher:
        yield publisher


@pytest.fixture(params=[*WAREHOUSES, "bigquery"])
def warehouse(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[WarehouseUnderTest]:
    """Give a warehouse with empty tables."""
    if request.param in GOOGLE:
        yield request.getfixturevalue(GOOGLE[request.param])
        return
    with WAREHOUSES[request.param](tmp_path) as warehouse:
        yield warehouse
