"""The database and the state are readable by their owner alone, whatever the umask is."""

import logging
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from sendtrail.errors import SettingsError
from sendtrail.local.duckdb_warehouse import DuckDbWarehouse
from sendtrail.local.private_files import private_files
from sendtrail.local.sqlite_state import SqliteState
from tests.contracts.samples import activities, opened
from tests.fakes import FakeClock

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the modes of files are those of POSIX")


@pytest.fixture(autouse=True)
def _umask() -> Iterator[None]:
    """Run the test with a umask that denies nothing, and check that it is still the same at the end."""
    before = os.umask(0)
    yield
    assert os.umask(before) == 0


def modes(folder: Path) -> dict[str, str]:
    """Return the mode of each file in a folder."""
    return {file.name: oct(file.stat().st_mode & 0o777) for file in folder.iterdir()}


def test_a_database_and_its_log_are_private(tmp_path: Path) -> None:
    """While it is open, and when it is closed."""
    with DuckDbWarehouse(tmp_path / "data.duckdb") as warehouse:
        warehouse.merge(activities(opened()))
        assert modes(tmp_path) == {"data.duckdb": "0o600", "data.duckdb.wal": "0o600"}

    assert modes(tmp_path) == {"data.duckdb": "0o600"}


def test_the_log_of_an_open_database_is_private_also_when_it_is_created_again(tmp_path: Path) -> None:
    """A checkpoint deletes it, and the next merge creates it."""
    with DuckDbWarehouse(tmp_path / "data.duckdb") as warehouse:
        warehouse.merge(activities(opened()))
        warehouse.connection.raw.execute("CHECKPOINT")
        assert "data.duckdb.wal" not in modes(tmp_path)
        warehouse.merge(activities(opened(contact_id="2")))

        assert modes(tmp_path)["data.duckdb.wal"] == "0o600"


def test_a_state_and_its_logs_are_private(tmp_path: Path) -> None:
    """SQLite has two logs beside the file."""
    with SqliteState(tmp_path / "data.state", clock=FakeClock()) as state:
        state.transact(lambda transaction: transaction.set("runs/1", {}))

        assert modes(tmp_path) == dict.fromkeys(("data.state", "data.state-wal", "data.state-shm"), "0o600")


def test_files_that_everybody_could_read_are_made_private(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """They are of an older version, or were copied; a sentence says so once."""
    for _ in range(2):
        with (
            caplog.at_level(logging.WARNING),
            DuckDbWarehouse(tmp_path / "data.duckdb"),
            SqliteState(tmp_path / "data.state", clock=FakeClock()),
        ):
            pass
        if not caplog.messages:
            (tmp_path / "data.duckdb").chmod(0o644)
            (tmp_path / "data.state").chmod(0o644)

    assert modes(tmp_path) == {"data.duckdb": "0o600", "data.state": "0o600"}
    assert [message.split(" could read ")[0] for message in caplog.messages] == ["every user of this machine"] * 2


def test_a_file_that_is_shared_with_a_group_stays_so(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Somebody has chosen that."""
    DuckDbWarehouse(tmp_path / "data.duckdb").close()
    (tmp_path / "data.duckdb").chmod(0o640)

    with caplog.at_level(logging.WARNING), DuckDbWarehouse(tmp_path / "data.duckdb"):
        pass

    assert modes(tmp_path) == {"data.duckdb": "0o640"}
    assert caplog.messages == []


def test_files_of_other_programs_keep_their_modes(tmp_path: Path) -> None:
    """A file that was named by mistake is not changed at all."""
    with duckdb.connect(tmp_path / "theirs.duckdb") as other:
        other.execute("CREATE SCHEMA marketing_ai; CREATE TABLE marketing_ai.contacts (id INTEGER)")
    with sqlite3.connect(tmp_path / "theirs.sqlite") as documents:
        documents.execute("CREATE TABLE documents (id)")
    documents.close()
    before = modes(tmp_path)

    with pytest.raises(SettingsError):
        DuckDbWarehouse(tmp_path / "theirs.duckdb")
    with pytest.raises(SettingsError):
        SqliteState(tmp_path / "theirs.sqlite", clock=FakeClock())

    assert modes(tmp_path) == before


def test_folders_are_private_too_and_blocks_may_overlap(tmp_path: Path) -> None:
    """DuckDB has one for what does not fit into memory."""
    one, other = private_files(), private_files()
    with one:
        other.__enter__()
    (tmp_path / "within").mkdir()
    other.__exit__(None, None, None)
    (tmp_path / "after").mkdir()

    assert modes(tmp_path) == {"within": "0o700", "after": "0o777"}
