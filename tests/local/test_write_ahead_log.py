"""The log beside a file: it is applied where it is of this copy of the file, and never otherwise."""

import logging
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from sendtrail.errors import Busy, SettingsError
from sendtrail.local.duckdb_reader import read_only
from sendtrail.local.duckdb_warehouse import DuckDbWarehouse
from sendtrail.local.write_ahead_log import left_log, log_of
from tests.contracts.samples import activities, opened
from tests.local.processes import running
from tests.local.test_duckdb_file import HOLD

# DuckDB itself recognises a foreign log in the files of the newer format alone.
FORMATS = ["v1.0.0", "latest"]
COUNT = "SELECT count(*), count(DISTINCT activity_id) FROM marketing_ai.email_activities"


@pytest.fixture(params=FORMATS)
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Give a database of a format, with a row in it."""
    path = tmp_path / "data.duckdb"
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH '{path}' AS made (STORAGE_VERSION '{request.param}')")
        connection.execute("CREATE TABLE made.something AS SELECT 1 AS id")
    merge(path, 1)
    return path


def merge(path: Path, *ids: int) -> None:
    """Merge rows and close the file."""
    with DuckDbWarehouse(path) as warehouse:
        for each in ids:
            warehouse.merge(activities(opened(contact_id=str(each))))


def killed(path: Path, *ids: int, checkpoint: bool = False) -> tuple[bytes, bytes]:
    """Return the file and the log that a process leaves which is killed after it has merged rows."""
    with DuckDbWarehouse(path) as warehouse:
        for each in ids:
            if checkpoint:
                warehouse.connection.raw.execute("CHECKPOINT")
            warehouse.merge(activities(opened(contact_id=str(each))))
        return path.read_bytes(), log_of(path).read_bytes()


def count(path: Path) -> tuple[int, int]:
    """Return how many rows there are, and how many different ones."""
    with DuckDbWarehouse(path) as warehouse:
        [(rows, different)] = warehouse.query(COUNT).rows
        return rows, different


def put(path: Path, file: bytes, log: bytes) -> None:
    """Put a file and a log to their places."""
    path.write_bytes(file)
    log_of(path).write_bytes(log)


def older_copy(path: Path) -> tuple[bytes, bytes]:
    """Return a copy, and the log of a later sync."""
    copy = path.read_bytes()
    merge(path, 2)
    return copy, killed(path, 3)[1]


def copy_of_the_same_moment(path: Path) -> tuple[bytes, bytes]:
    """Return a copy, and the log of the very next sync."""
    copy = path.read_bytes()
    return copy, killed(path, 3)[1]


def newer_file(path: Path) -> tuple[bytes, bytes]:
    """Return a file, and a log that it had before."""
    log = killed(path, 3)[1]
    merge(path, 4)
    return path.read_bytes(), log


def another_branch(path: Path) -> tuple[bytes, bytes]:
    """Return a file that was restored and synced on, and the log of a sync before it was restored."""
    copy = path.read_bytes()
    log = killed(path, 2, checkpoint=True)[1]
    path.write_bytes(copy)
    merge(path, 3)
    return path.read_bytes(), log


@pytest.mark.parametrize("situation", [older_copy, copy_of_the_same_moment, newer_file, another_branch])
def test_the_log_of_another_copy_is_set_aside(
    path: Path, situation: Callable[[Path], tuple[bytes, bytes]], caplog: pytest.LogCaptureFixture
) -> None:
    """No row is there twice, none is there without the ones before it, and one sentence says so."""
    file, log = situation(path)
    path.write_bytes(file)
    expected = count(path)

    put(path, file, log)
    with caplog.at_level(logging.WARNING):
        found = count(path)

    assert found == expected
    assert found[0] == found[1]
    [message] = caplog.messages
    assert "log of another copy" in message
    assert log_of(path).with_name("data.duckdb.wal.foreign").read_bytes() == log


def test_a_reader_says_what_to_do_about_a_foreign_log(path: Path) -> None:
    """It changes nothing itself."""
    file, log = older_copy(path)
    put(path, file, log)

    with pytest.raises(SettingsError, match="`sendtrail sync` sets it aside"), read_only(path):
        pass
    assert (path.read_bytes(), log_of(path).read_bytes()) == (file, log)


@pytest.mark.parametrize("checkpoint", [False, True])
def test_the_log_of_a_kill_is_applied(path: Path, caplog: pytest.LogCaptureFixture, checkpoint: bool) -> None:
    """As often as the process is killed."""
    for number in (2, 3):
        put(path, *killed(path, number, checkpoint=checkpoint))

    with caplog.at_level(logging.WARNING):
        assert count(path) == (3, 3)
    assert caplog.messages == []


@pytest.mark.parametrize("log", [b"", b"hello" * 100])
def test_a_log_that_is_none_is_no_obstacle(path: Path, log: bytes) -> None:
    """DuckDB begins a new one."""
    put(path, path.read_bytes(), log)

    assert count(path) == (1, 1)


def test_a_log_whose_end_is_missing_costs_the_last_commit_alone(path: Path) -> None:
    """The disk was full, or the machine lost its power."""
    file, log = killed(path, 2, 3)
    put(path, file, log[:-10])

    assert count(path) == (2, 2)


def test_the_log_of_a_running_program_is_never_touched(tmp_path: Path) -> None:
    """Whatever the folder's name is."""
    folder = tmp_path / "replaying wal file"
    folder.mkdir()
    with running(HOLD, folder / "data.duckdb") as process:
        assert process.stdout is not None
        process.stdout.readline()
        before = log_of(folder / "data.duckdb").read_bytes()

        with pytest.raises(Busy, match="in use by another program"):
            DuckDbWarehouse(folder / "data.duckdb")
        # The program itself may have added to it by now.
        assert log_of(folder / "data.duckdb").read_bytes().startswith(before)


def test_a_log_without_its_file_is_kept(path: Path) -> None:
    """DuckDB would begin a new file, and drop what is in the log."""
    _, log = killed(path, 2)
    path.unlink()
    log_of(path).write_bytes(log)

    with pytest.raises(SettingsError, match=r"is missing, but .*\.wal is there"):
        DuckDbWarehouse(path)
    assert not path.exists()
    assert log_of(path).read_bytes() == log


def test_a_log_that_is_left_when_the_file_is_closed_is_said(tmp_path: Path) -> None:
    """A copy of the one file lacks what is in it."""
    path = tmp_path / "test.duckdb"
    DuckDbWarehouse(path).close()
    assert left_log(path) is None

    log_of(path).touch()

    assert "a copy needs both files" in (left_log(path) or "")
