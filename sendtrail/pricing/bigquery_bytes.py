"""The bytes that BigQuery bills for statements, on demand, and how large what they read is.

An insert-only MERGE is billed by the columns that it reads; one that updates, and an UPDATE, by all columns of the
changed table as well: https://cloud.google.com/bigquery/docs/reference/standard-sql/dml-syntax#on-demand_query_size_calculation
"""

import math
from collections.abc import Container, Iterable, Mapping, Sequence
from typing import Any

import orjson

from sendtrail.domain.activity import ID_BYTES
from sendtrail.warehouse.rows import Row
from sendtrail.warehouse.tables import Column, definition

MEBIBYTE, TEBIBYTE = 2**20, 2**40
# The fewest bytes that are billed for each table that a statement names.
MIN_A_TABLE = 10 * MEBIBYTE
# https://cloud.google.com/bigquery/docs/reference/standard-sql/data-types#data_type_sizes
_FIXED = {"INTEGER": 8, "TIMESTAMP": 8, "DATE": 8, "BOOLEAN": 1, "FLOAT": 8, "NUMERIC": 16}
_TEXT = 2

# What statements read of a row. Texts are hexadecimal digits (ids), 8 letters (accounts), 4 to 8 (others), and 2 bytes.
_ACCOUNT, _ID, _NUMBER = 8 + _TEXT, 8 + _TEXT, 8
# A MERGE: `activity_id`, `activity_date`, `campaign_id` and `organization_id`.
KEY_BYTES = 2 * ID_BYTES + _TEXT + 2 * _NUMBER + _ACCOUNT
# `stored_counts`: both numbers and `times`, the account, event type, message, link and contact.
COUNT_BYTES = 3 * _NUMBER + _ACCOUNT + 7 + 6 + 6 + _ID
# `stored_rows`: `activity_date`, `campaign_id`, `organization_id`.
STORED_ROW_BYTES = 2 * _NUMBER + _ACCOUNT
# `timestamp_evidence`: what the counts take, the time, and the address of the contact.
EVIDENCE_BYTES = COUNT_BYTES + _NUMBER + 25
ACTIVITY_BYTES, CONTACT_BYTES, CAMPAIGN_BYTES, MESSAGE_BYTES = 400, 500, 300, 130
# The key of a run: its account, and an id of 32 digits.
RUN_KEY_BYTES = _ACCOUNT + 32 + _TEXT
SEEN_BYTES = _ACCOUNT + _ID + 40


def billed(tables: Iterable[float]) -> int:
    """Return the bytes billed for a statement that reads this many bytes of each of its tables."""
    return sum(MEBIBYTE * math.ceil(max(read, MIN_A_TABLE) / MEBIBYTE) for read in tables)


def logical_bytes(rows: Sequence[Row], *, table: str, columns: Container[str] | None = None) -> int:
    """Return the logical size of rows in BigQuery, of some columns or of all."""
    read = [column for column in definition(table).columns if columns is None or column.name in columns]
    return sum(_size(column, _value(row, column.name)) for row in rows for column in read)


def _value(row: Row, name: str) -> Any:
    return row.get(name) if isinstance(row, Mapping) else getattr(row, name)


def _size(column: Column, value: Any) -> int:
    if value is None:
        return 0
    if column.type == "STRING":
        return _TEXT + len(value.encode())
    return len(orjson.dumps(value)) if column.type == "JSON" else _FIXED[column.type]
