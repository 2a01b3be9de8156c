"""The bytes that statements are billed for, and how large what they read is."""

import re

import pytest

from sendtrail.pricing.bigquery_bytes import COUNT_BYTES, KEY_BYTES, MEBIBYTE, STORED_ROW_BYTES, billed, logical_bytes
from sendtrail.pricing.examples import MEDIUM
from sendtrail.pricing.statements import Statement, statements
from sendtrail.warehouse.rows import Table
from sendtrail.warehouse.tables import sql
from tests.contracts.samples import opened

PLACES = {"dataset": "data", "staging": "staging", "batch": "a_batch"}
_TABLE = re.compile(r"`\w+`\.`(\w+)`")
READ_BY_A_MERGE = ("activity_id", "activity_date", "campaign_id", "organization_id")
COUNTED_ROWS = ("activity_date", "campaign_id", "organization_id")
COUNTED = (*COUNTED_ROWS, "event_type", "message_id", "link_id", "contact_id", "times")


def test_each_table_is_billed_for_ten_mebibytes_at_least() -> None:
    """Less is rounded up to that, more to the next whole one."""
    assert billed([0, 1]) == 20 * MEBIBYTE
    assert billed([15 * MEBIBYTE + 1, 0]) == 26 * MEBIBYTE


@pytest.mark.parametrize(
    ("columns", "size"),
    [(READ_BY_A_MERGE, KEY_BYTES), (COUNTED_ROWS, STORED_ROW_BYTES), (COUNTED, COUNT_BYTES)],
)
def test_a_statement_reads_as_many_bytes_of_a_row_as_its_columns_have(columns: tuple[str, ...], size: int) -> None:
    """Of an account with a name of eight letters, and a contact with an id of eight digits."""
    row = opened(organization_id="8letters", contact_id="12345678", link_id="1234", message_id="1234")
    found = logical_bytes([row], table=Table.EMAIL_ACTIVITIES, columns=columns)

    assert abs(found - size) <= 3


@pytest.mark.parametrize("statement", {each.path: each for each in statements(MEDIUM)}.values(), ids=lambda s: s.path)
def test_every_table_that_a_statement_names_is_priced(statement: Statement) -> None:
    """Each has its minimum, the staging table and the one that is next to empty as well."""
    code = "\n".join(line for line in sql(statement.path, **PLACES).splitlines() if not line.startswith("--"))

    assert len(statement.read) == len(set(_TABLE.findall(code)))
