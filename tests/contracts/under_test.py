"""What a contract is given besides the adapter: a way to see what it did."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import orjson

from sendtrail.ports import Publisher, Topic, Warehouse
from sendtrail.warehouse.rows import Table
from sendtrail.warehouse.tables import definition

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
