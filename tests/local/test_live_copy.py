"""A database is read while another program writes to it: a copy of one moment, which is gone afterwards."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from sendtrail.errors import Busy
from sendtrail.local.copies import live_copy
from sendtrail.local.copies.live_copy import LEFT_AFTER_S, PREFIX, copy_moment
from sendtrail.local.duckdb_reader import read_only
from tests.local.processes import running

# Merges a row, which stays in the log, says so, and keeps the file open.
WRITE = """
import sys
from pathlib import Path
from sendtrail.local.duckdb_warehouse import DuckDbWarehouse
from tests.contracts.samples import contact, contacts

warehouse = DuckDbWarehouse(Path(sys.argv[1]))
warehouse.merge(contacts(contact()))
print("merged", flush=True)
sys.stdin.read()
"""
COUNT = "SELECT count(*) FROM marketing_ai.contacts"


@pytest.fixture
def written(path: Path) -> Iterator[Path]:
    """Give a database that another program has open, with a row that it has just merged."""
    with running(WRITE, path) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield path


def beside(path: Path) -> list[str]:
    """Return what is in the folder of a database."""
    return sorted(each.name for each in path.parent.iterdir())


def test_a_database_that_is_being_written_to_is_read(written: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Everything that was merged is there, the reader is told, and nothing is left."""
    before = beside(written)

    with read_only(written) as query:
        rows = list(query(COUNT).rows)

    assert rows == [(1,)]
    assert "what follows is read from a copy of this moment" in caplog.text
    assert beside(written) == before


def test_what_a_killed_reader_left_is_deleted_a_day_later(written: Path) -> None:
    """A reader that may be alive is left alone."""
    old, young = (written.with_name(f"{PREFIX}{name}") for name in ("old", "young"))
    for folder in (old, young):
        folder.mkdir()
    os.utime(old, (0, 0))

    with read_only(written):
        pass

    assert LEFT_AFTER_S > 0
    assert (old.exists(), young.exists()) == (False, True)


def test_a_file_that_changes_under_every_copy_is_busy(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No copy is of one moment then, and none is left."""
    moments = iter(range(1_000))
    monkeypatch.setattr(live_copy, "_headers", lambda _: next(moments))
    copy = path.with_name("copy.duckdb")

    with pytest.raises(Busy, match="try again when the sync is over"):
        copy_moment(path, copy)

    assert not copy.exists()
