"""The bytes that BigQuery bills for MERGE statements, computed from the rows that they read.

An insert-only MERGE is billed by the columns that it reads, whatever it inserts:
https://cloud.google.com/bigquery/docs/reference/standard-sql/dml-syntax#on-demand_query_size_calculation
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from sendtrail.domain.activity import ID_BYTES
from sendtrail.sync.bigquery_price import DOLLARS_A_TIB, FREE_A_MONTH_TIB, MEBIBYTE, MIN_A_TABLE
from sendtrail.warehouse.rows import Row
from sendtrail.warehouse.tables import Column, definition

# The MERGE reads four columns of each stored row of its account: `activity_id` (hexadecimal digits, and 2 bytes),
# `activity_date`, `campaign_id` and `organization_id` (8 letters, and 2 bytes).
KEY_BYTES = 2 * ID_BYTES + 2 + 8 + 8 + 10
# https://cloud.google.com/bigquery/docs/reference/standard-sql/data-types#data_type_sizes
_FIXED = {"INTEGER": 8, "TIMESTAMP": 8, "DATE": 8, "BOOLEAN": 1, "FLOAT": 8, "NUMERIC": 16}


def billed(tables: Sequence[int]) -> int:
    """Return the bytes billed for a statement that reads this many bytes of each of its tables."""
    return sum(MEBIBYTE * math.ceil(max(read, MIN_A_TABLE) / MEBIBYTE) for read in tables)


def dollars_per_month(tebibytes: float) -> float:
    """Return the price of a month's statements."""
    return max(0.0, tebibytes - FREE_A_MONTH_TIB) * DOLLARS_A_TIB


def logical_bytes(rows: Sequence[Row], *, table: str) -> int:
    """Return the logical size of rows in BigQuery."""
    columns = definition(table).columns
    return sum(_size(column, _value(row, column.name)) for row in rows for column in columns)


def _value(row: Row, name: str) -> Any:
    return row.get(name) if isinstance(row, Mapping) else getattr(row, name)


def _size(column: Column, value: Any) -> int:
    if value is None:
        return 0
    if column.type == "STRING":
        return 2 + len(value.encode())
    return len(orjson.dumps(value)) if column.type == "JSON" else _FIXED[column.type]
