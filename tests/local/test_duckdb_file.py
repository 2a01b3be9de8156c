"""Files that the warehouse cannot use: the error says what to do, and the file is not changed."""

import os
from pathlib import Path

import duckdb
import pytest

from sendtrail.errors import Busy, SettingsError
from sendtrail.local.duckdb_warehouse import DuckDbWarehouse
from tests.local.processes import running

HOLD = """
import sys, time
from pathlib import Path
from sendtrail.local.duckdb_warehouse import DuckDbWarehouse

warehouse = DuckDbWarehouse(Path(sys.argv[1]))
print("open", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Give the place of a database that is not there yet."""
    return tmp_path / "warehouse.duckdb"


def _database(path: Path, sql: str) -> bytes:
    with duckdb.connect(path) as connection:
        connection.execute(sql)
    return path.read_bytes()


def test_a_file_that_another_program_has_open_is_named_with_its_pid(path: Path) -> None:
    """Two processes cannot write one file; the error names the one that has it."""
    with running(HOLD, path) as process:
        assert process.stdout is not None
        process.stdout.readline()

        with pytest.raises(Busy, match=rf"in use by another program \(pid {process.pid}\): wait for it"):
            DuckDbWarehouse(path)


@pytest.mark.parametrize("content", [b"", b"name,email\n" * 100, b"SQLite format 3\x00" + bytes(4096)])
def test_a_file_that_is_no_database_is_left_as_it_is(path: Path, content: bytes) -> None:
    """A CSV file named by mistake is not overwritten."""
    path.write_bytes(content)

    with pytest.raises(SettingsError, match="is not a DuckDB database: choose another --database"):
        DuckDbWarehouse(path)
    assert path.read_bytes() == content


def test_a_damaged_database_is_left_as_it_is(path: Path) -> None:
    """The error says so; nothing is repaired without asking."""
    content = bytearray(_database(path, "CREATE TABLE t AS SELECT range AS id FROM range(10000)"))
    content[20:5000] = os.urandom(4980)
    path.write_bytes(content)

    with pytest.raises(SettingsError, match="is damaged"):
        DuckDbWarehouse(path)
    assert path.read_bytes() == content


def test_tables_of_another_program_are_left_as_they_are(path: Path) -> None:
    """The error names every table in the way, and no table is created."""
    before = _database(
        path,
        "CREATE SCHEMA marketing_ai; CREATE TABLE marketing_ai.contacts (id INTEGER);"
        " CREATE VIEW marketing_ai.campaigns AS SELECT 1 AS id",
    )

    with pytest.raises(SettingsError, match="not Sendtrail's") as caught:
        DuckDbWarehouse(path)
    assert [problem.split()[4].rstrip(",") for problem in caught.value.problems] == [
        "marketing_ai.contacts",
        "marketing_ai.campaigns",
    ]
    assert path.read_bytes() == before


def test_other_schemas_of_the_database_are_left_alone(path: Path) -> None:
    """The file may contain tables of other programs in other schemas."""
    _database(path, "CREATE SCHEMA shop; CREATE TABLE shop.contacts AS SELECT 1 AS id")

    with DuckDbWarehouse(path) as warehouse:
        assert list(warehouse.query("SELECT id FROM shop.contacts").rows) == [(1,)]


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    """Folders are not created."""
    with pytest.raises(SettingsError, match=r"nowhere is not a folder: create it"):
        DuckDbWarehouse(tmp_path / "nowhere" / "warehouse.duckdb")


def test_a_folder_in_place_of_the_file_is_refused(tmp_path: Path) -> None:
    """A folder cannot be a database."""
    with pytest.raises(SettingsError, match="is a folder"):
        DuckDbWarehouse(tmp_path)
