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


@pytest.mark.parametrize("content", [b"name,email\n" * 100, b"SQLite format 3\x00" + bytes(4096)])
def test_a_file_that_is_no_database_is_left_as_it_is(path: Path, content: bytes) -> None:
    """A CSV file named by mistake is not overwritten."""
    path.write_bytes(content)

    with pytest.raises(SettingsError, match="is not a DuckDB database: choose another --database"):
        DuckDbWarehouse(path)
    assert path.read_bytes() == content


def test_an_empty_file_is_not_filled(path: Path) -> None:
    """It may have been a database: a copy onto a full disk leaves such a file."""
    path.touch()

    with pytest.raises(SettingsError, match=r"is empty.*restore a copy, or delete it"):
        DuckDbWarehouse(path)
    assert path.read_bytes() == b""


@pytest.mark.parametrize("share", [0.01, 0.5, 0.999])
def test_a_database_whose_end_is_missing_is_left_as_it_is(path: Path, share: float) -> None:
    """It was copied in part."""
    content = _database(path, "CREATE TABLE t AS SELECT range AS id, md5(range::VARCHAR) AS m FROM range(100000)")
    path.write_bytes(content[: int(len(content) * share)])

    with pytest.raises(SettingsError, match=r"end is missing.*Restore a copy"):
        DuckDbWarehouse(path)
    assert path.stat().st_size == int(len(content) * share)


def test_a_database_whose_free_end_holds_nothing_can_be_opened(path: Path) -> None:
    """Blocks that are free are cut off by DuckDB itself."""
    _database(path, "CREATE TABLE t AS SELECT range AS id FROM range(1000000)")
    _database(path, "DROP TABLE t; CHECKPOINT")

    for _ in range(2):
        DuckDbWarehouse(path).close()


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
