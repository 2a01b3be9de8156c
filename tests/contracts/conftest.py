"""What the contracts run over: a factory for each adapter of each port. A new adapter is one line here."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest

from sendtrail.local.queue import InProcessQueue
from sendtrail.local.state import SqliteState
from sendtrail.local.warehouse import DuckDbWarehouse
from sendtrail.ports import Publisher, State, Topic, Warehouse
from sendtrail.rows import Table
from sendtrail.tables import definition
from tests.fakes import FakeClock, MemoryPublisher, MemoryState, MemoryWarehouse

Row = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class PublisherUnderTest:
    """A publisher, and how to see what it has published."""

    publisher: Publisher
    read: Callable[[Topic], list[bytes]]


@dataclass(frozen=True, kw_only=True)
class WarehouseUnderTest:
    """A warehouse, and how to read the rows of a table back, in any order."""

    warehouse: Warehouse
    rows: Callable[[Table], Sequence[Mapping[str, Any]]]

    def read(self, table: Table) -> list[Row]:
        """Return the rows of a table by their keys, times as aware datetimes, JSON as mappings."""
        rows = [_plain(table, row) for row in self.rows(table)]
        return sorted(rows, key=lambda row: [str(value) for value in row.values()][:2])


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


@pytest.fixture(params=STATES)
def state(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[State]:
    """Give an empty state store."""
    with STATES[request.param](tmp_path) as state:
        yield state


@pytest.fixture(params=PUBLISHERS)
def publisher(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[PublisherUnderTest]:
    """Give an empty queue."""
    with PUBLISHERS[request.param](tmp_path) as publisher:
        yield publisher


@pytest.fixture(params=WAREHOUSES)
def warehouse(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[WarehouseUnderTest]:
    """Give a warehouse with empty tables."""
    with WAREHOUSES[request.param](tmp_path) as warehouse:
        yield warehouse


def _plain(table: Table, row: Mapping[str, Any]) -> Row:
    readers: Mapping[str, Callable[[str], Any]] = {
        "TIMESTAMP": datetime.fromisoformat,
        "DATE": date.fromisoformat,
        "JSON": orjson.loads,
    }
    kinds = {column.name: column.type for column in definition(table).columns}
    return {
        name: readers[kinds[name]](value) if isinstance(value, str) and kinds[name] in readers else value
        for name, value in row.items()
    }
