"""What the contracts run over: a fixture for each adapter of each port. A new adapter is one of them."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sendtrail.local.duckdb_warehouse import DuckDbWarehouse
from sendtrail.local.queue import InProcessQueue
from sendtrail.local.sqlite_state import SqliteState
from sendtrail.local.state.adoption import open_state
from sendtrail.ports import State, Topic
from sendtrail.warehouse.rows import Table
from tests.contracts.under_test import PublisherUnderTest, Row, WarehouseUnderTest
from tests.fakes import FakeClock, MemoryPublisher, MemoryState, MemoryWarehouse


@pytest.fixture
def memory_state() -> State:
    """Give the fake."""
    return MemoryState()


@pytest.fixture
def sqlite_state(tmp_path: Path) -> Iterator[State]:
    """Give what several processes share a rate limit through."""
    with SqliteState(tmp_path / "state.sqlite", clock=FakeClock()) as state:
        yield state


@pytest.fixture
def duckdb_state(make_database: Callable[[Path], Path], tmp_path: Path) -> Iterator[State]:
    """Give the embedded adapter."""
    with (
        DuckDbWarehouse(make_database(tmp_path / "state.duckdb")) as warehouse,
        open_state(warehouse, clock=FakeClock()) as state,
    ):
        yield state


@pytest.fixture
def memory_publisher() -> PublisherUnderTest:
    """Give the fake."""
    publisher = MemoryPublisher()
    return PublisherUnderTest(publisher=publisher, read=publisher.take)


@pytest.fixture
def in_process_queue() -> PublisherUnderTest:
    """Give the embedded adapter, read by running it."""
    queue = InProcessQueue(clock=FakeClock(), chance=lambda: 0.0)
    received: dict[Topic, list[bytes]] = {topic: [] for topic in Topic}

    def read(topic: Topic) -> list[bytes]:
        queue.run({each: received[each].append for each in Topic}, concurrency=1)
        return received[topic]

    return PublisherUnderTest(publisher=queue, read=read)


@pytest.fixture
def memory_warehouse() -> WarehouseUnderTest:
    """Give the fake."""
    warehouse = MemoryWarehouse()
    return WarehouseUnderTest(warehouse=warehouse, rows=warehouse.rows)


@pytest.fixture
def duckdb_warehouse(make_database: Callable[[Path], Path], tmp_path: Path) -> Iterator[WarehouseUnderTest]:
    """Give the embedded adapter."""
    with DuckDbWarehouse(make_database(tmp_path / "warehouse.duckdb")) as warehouse:

        def rows(table: Table) -> list[Row]:
            result = warehouse.query(f"SELECT * FROM marketing_ai.{table}")
            return [dict(zip(result.columns, row, strict=True)) for row in result.rows]

        yield WarehouseUnderTest(warehouse=warehouse, rows=rows)


@pytest.fixture(params=["memory_state", "duckdb_state", "sqlite_state", "firestore_state"])
def state(request: pytest.FixtureRequest) -> State:
    """Give an empty state store."""
    state: State = request.getfixturevalue(request.param)
    return state


@pytest.fixture(params=["memory_publisher", "in_process_queue", "pubsub_publisher"])
def publisher(request: pytest.FixtureRequest) -> PublisherUnderTest:
    """Give an empty queue."""
    publisher: PublisherUnderTest = request.getfixturevalue(request.param)
    return publisher


@pytest.fixture(params=["memory_warehouse", "duckdb_warehouse", "bigquery_warehouse"])
def warehouse(request: pytest.FixtureRequest) -> WarehouseUnderTest:
    """Give a warehouse with empty tables."""
    warehouse: WarehouseUnderTest = request.getfixturevalue(request.param)
    return warehouse
