"""The state file: what it survives, and the errors about files that it cannot use."""

import logging
import os
import sqlite3
from pathlib import Path

import pytest

from sendtrail.errors import Busy, SettingsError, Unavailable
from sendtrail.local.sqlite_state import SqliteState
from tests.fakes import FakeClock
from tests.local.processes import finished, killed_after

COUNT_FOR_EVER = """
import sys
from pathlib import Path
from sendtrail.clock import SystemClock
from sendtrail.local.sqlite_state import SqliteState

state = SqliteState(Path(sys.argv[1]), clock=SystemClock())
for number in range(1, int(sys.argv[2])):
    state.transact(lambda t: t.set("runs/1", {"count": ((t.get("runs/1") or {}).get("count", 0)) + 1}))
    print(number, flush=True)
"""
FILL_THE_DISK = """
import resource, sys
from pathlib import Path
from sendtrail.clock import SystemClock
from sendtrail.errors import Unavailable
from sendtrail.local.sqlite_state import SqliteState

state = SqliteState(Path(sys.argv[1]), clock=SystemClock())
soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (500_000, hard))
stored = 0
try:
    while True:
        state.transact(lambda t: t.set(f"runs/{stored}", {"filling": "x" * 50_000}))
        stored += 1
except Unavailable as error:
    print(error)
resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
state.transact(lambda t: t.set(f"runs/{stored}", {}))
print(stored + 1 == len(list(state.children("runs"))))
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Give the place of a state file that is not there yet."""
    return tmp_path / "state.sqlite"


def _open(path: Path) -> SqliteState:
    return SqliteState(path, clock=FakeClock())


def _count(path: Path) -> int:
    with _open(path) as state:
        document = state.transact(lambda transaction: transaction.get("runs/1")) or {}
        return int(document["count"])


def test_documents_are_there_when_the_file_is_opened_again(path: Path) -> None:
    """The state survives its process."""
    with _open(path) as state:
        state.transact(lambda transaction: transaction.set("runs/1", {"count": 1}))

    assert _count(path) == 1


def test_what_was_committed_survives_a_kill(path: Path) -> None:
    """Kill -9 costs nothing that transact() has returned from."""
    last = int(killed_after(50, COUNT_FOR_EVER, path, "1000000"))

    assert _count(path) >= last


def test_processes_that_share_a_file_count_exactly(path: Path) -> None:
    """A transaction excludes other processes, too."""
    with _open(path) as state:
        for _ in range(10):
            state.transact(lambda t: t.set("runs/1", {"count": (t.get("runs/1") or {}).get("count", 0) + 1}))
        finished(COUNT_FOR_EVER, path, "21")

    assert _count(path) == 30


@pytest.mark.parametrize("content", [b"hello, this is not a database\n" * 100, b"SQLite format 3\x00" + b"\xff" * 5000])
def test_a_damaged_file_is_named_and_left_as_it_is(path: Path, content: bytes) -> None:
    """The error says what to do; nothing is deleted."""
    path.write_bytes(content)

    with pytest.raises(SettingsError, match=r"is damaged.*move it away and run again.*keeps what it has"):
        _open(path)
    assert path.read_bytes() == content


def test_damage_found_while_reading_is_explained(path: Path) -> None:
    """A file whose pages are broken is opened, and fails when they are read."""
    with _open(path) as state:
        for number in range(200):
            state.transact(lambda t, number=number: t.set(f"runs/{number}", {"text": "x" * 500}))  # type: ignore[misc]
    with path.open("r+b") as file:
        file.seek(8192)
        file.write(os.urandom(40_000))

    with _open(path) as state, pytest.raises(SettingsError, match="is damaged"):
        list(state.children("runs"))


def test_another_programs_database_is_left_as_it_is(path: Path) -> None:
    """A database that is not a state file is refused before anything is written."""
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE documents (id)")
    other.close()
    before = path.read_bytes()

    with pytest.raises(SettingsError, match="another program's database"):
        _open(path)
    assert path.read_bytes() == before


def test_a_file_of_a_newer_sendtrail_is_refused(path: Path) -> None:
    """An old program does not write what it does not understand."""
    _open(path).close()
    with sqlite3.connect(path) as other:
        other.execute("PRAGMA user_version = 99")
    other.close()

    with pytest.raises(SettingsError, match="newer Sendtrail"):
        _open(path)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    """Folders are not created: a typing error would lead to a second state."""
    with pytest.raises(SettingsError, match=r"nowhere is not a folder: create it"):
        _open(tmp_path / "nowhere" / "state.sqlite")


def test_a_folder_in_place_of_the_file_is_refused(tmp_path: Path) -> None:
    """The error says that it cannot be opened."""
    with pytest.raises(SettingsError, match="cannot be opened or written"):
        _open(tmp_path)


def test_a_file_that_somebody_else_keeps_locked_is_busy(path: Path) -> None:
    """A lock is temporary, so the message is delivered again."""
    with SqliteState(path, clock=FakeClock(), busy_timeout_s=0.0) as state:
        state._connection.execute("PRAGMA busy_timeout = 0")
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")

        with pytest.raises(Busy, match="in use by another program"):
            state.transact(lambda transaction: transaction.set("runs/1", {}))
        other.close()


def test_waiting_for_another_program_is_logged(path: Path) -> None:
    """The other program ends its transaction while the sentence is written; the state goes on at once."""
    sentences: list[str] = []
    with _open(path) as state:
        state._connection.execute("PRAGMA busy_timeout = 0")
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")

        def finish(record: logging.LogRecord) -> bool:
            sentences.append(record.getMessage())
            other.execute("COMMIT")
            return True

        logger = logging.getLogger("sendtrail.local.sqlite_file")
        logger.addFilter(finish)
        try:
            state.transact(lambda transaction: transaction.set("runs/1", {"count": 1}))
        finally:
            logger.removeFilter(finish)
            other.close()

    assert sentences == [f"{path} is in use by another program: waiting for it, up to 30 s"]
    assert _count(path) == 1


def test_a_full_disk_is_unavailable_until_there_is_space(path: Path) -> None:
    """Nothing is lost, and the same state goes on once there is space."""
    message, goes_on = finished(FILL_THE_DISK, path)

    assert "could not be" in message
    assert goes_on == "True"


def test_a_database_that_is_full_says_so(path: Path) -> None:
    """SQLite reports a full database as it reports a full disk."""
    with _open(path) as state:
        state._connection.execute("PRAGMA max_page_count = 10")

        with pytest.raises(Unavailable, match="is full: free some space and run again"):
            state.transact(lambda transaction: transaction.set("runs/1", {"text": "x" * 100_000}))
        assert list(state.children("runs")) == []
