"""Reading a database cannot change it."""

from pathlib import Path

import pytest

from sendtrail.errors import SettingsError
from sendtrail.local.duckdb_reader import FETCH_ROWS, read_only
from sendtrail.local.duckdb_warehouse import DuckDbWarehouse
from tests.contracts.samples import contact, contacts
from tests.fakes import NOON


@pytest.fixture
def path(path: Path) -> Path:
    """Give a database with one contact in it."""
    with DuckDbWarehouse(path) as warehouse:
        warehouse.merge(contacts(contact()))
    return path


def test_times_are_aware(path: Path) -> None:
    """Zoned times are read in UTC, NULLs and other columns as they are."""
    with read_only(path) as query:
        result = query("SELECT contact_id, updated_at, deleted_at FROM marketing_ai.contacts")

        assert result.columns == ["contact_id", "updated_at", "deleted_at"]
        assert list(result.rows) == [("1", NOON, None)]


def test_two_can_read_at_once(path: Path) -> None:
    """Reading keeps nobody else from reading."""
    with read_only(path) as one, read_only(path) as other:
        assert list(one("SELECT 1 AS x").rows) == list(other("SELECT 1 AS x").rows)


@pytest.mark.parametrize("sql", ["SELECT 1 AS x;", "SELECT 1 AS x -- a comment", "WITH a AS (SELECT 1 AS x) FROM a"])
def test_a_select_may_be_written_as_people_write_it(path: Path, sql: str) -> None:
    """A semicolon, a comment or a CTE is no obstacle."""
    with read_only(path) as query:
        assert list(query(sql).rows) == [(1,)]


def test_the_order_of_many_rows_is_that_of_the_query(path: Path) -> None:
    """Rows come in portions, in their order, with times or without."""
    count = 3 * FETCH_ROWS
    with read_only(path) as query:
        result = query(f"SELECT i, TIMESTAMPTZ '2025-01-01' AS t FROM range({count}) r(i) ORDER BY i DESC")

        assert [row[0] for row in result.rows] == list(range(count - 1, -1, -1))


@pytest.mark.parametrize(
    "sql",
    [
        "SELEC 1",
        "SELECT nothing FROM marketing_ai.contacts",
        "SELECT CAST('x' AS INTEGER)",
        "DELETE FROM marketing_ai.contacts",
        "SELECT * FROM read_text('/etc/hostname')",
        "ATTACH 'other.duckdb'",
    ],
)
def test_anything_but_a_select_on_this_file_is_refused(path: Path, sql: str) -> None:
    """The error blames the query, and the file is not changed."""
    before = path.read_bytes()

    with read_only(path) as query, pytest.raises(SettingsError, match="the query cannot be run"):
        list(query(sql).rows)
    assert path.read_bytes() == before
