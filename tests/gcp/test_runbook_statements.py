"""The statements by which docs/runbook.md backs up tables of BigQuery, and puts rows back."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from google.cloud.bigquery import Client

from tests.gcp.fixtures import REPOSITORY

DATASETS = ("marketing_ai", "marketing_ai_backup")
TABLES = ("conversions", "users", "attribution_settings", "contacts", "email_activities")
AN_HOUR_AGO, NOW = "INTERVAL 1 HOUR", "INTERVAL 0 SECOND"
PAGE = Path(REPOSITORY, "docs", "runbook.md")


@pytest.fixture
def client(bigquery_client: Client) -> Iterator[Client]:
    """Give a client of the emulator, with a row in each table that the page names."""
    for dataset in DATASETS:
        bigquery_client.create_dataset(dataset)
    for table in TABLES:
        bigquery_client.query_and_wait(f"CREATE TABLE marketing_ai.{table} AS SELECT 'kept' AS word")
    yield bigquery_client
    for dataset in DATASETS:
        bigquery_client.delete_dataset(dataset, delete_contents=True)


def statements() -> list[str]:
    """Return the blocks of SQL of the page, in its order: snapshots, a look at an earlier time, rows put back."""
    return re.findall(r"^```sql\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)


def words(client: Client, table: str) -> list[str]:
    """Return what is in a table."""
    return sorted(row["word"] for row in client.query_and_wait(f"SELECT word FROM {table}"))


def test_rows_are_put_back_from_another_time(client: Client) -> None:
    """In the place of those that are there; of every table there is a snapshot, too."""
    snapshots, look, put_back = statements()

    client.query_and_wait(snapshots)
    client.query_and_wait(look.replace(AN_HOUR_AGO, NOW))
    client.query_and_wait("UPDATE marketing_ai.conversions SET word = 'wrong' WHERE TRUE")
    client.query_and_wait(put_back)

    assert AN_HOUR_AGO in look
    assert words(client, "marketing_ai.conversions") == ["kept"]
    taken = {table.table_id for table in client.list_tables("marketing_ai_backup")} - {"conversions_before"}
    assert taken == {f"{table}_20261127" for table in TABLES}
