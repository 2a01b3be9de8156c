"""Files of earlier versions are synced on, whatever became of the state file that was once beside them."""

import gzip
import logging
import sqlite3
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from sendtrail.cli.demo.proof import compare
from sendtrail.errors import SendtrailError
from sendtrail.local.duckdb_warehouse import DuckDbWarehouse
from sendtrail.local.state.adoption import open_state
from sendtrail.local.state.old_state_file import old_state_file
from tests.e2e.conftest import Pipeline
from tests.e2e.earlier_files.make import MADE_AT, PLAN, SEED

Make = Callable[..., Pipeline]
FILES = Path(__file__).parent / "earlier_files"
DAYS = 3


def unpack(name: str, to: Path) -> None:
    """Put a file of an earlier version to its place."""
    to.write_bytes(gzip.decompress((FILES / f"{name}.gz").read_bytes()))


@pytest.fixture
def line(pipeline: Make) -> Pipeline:
    """Give the account that the file was synced from, some days later, and the two files of the time before."""
    line = pipeline(seed=SEED, now=MADE_AT, plan=PLAN)
    unpack("two_files.database", line.database)
    unpack("two_files.state", old_state_file(line.database))
    line.remember()
    for _ in range(DAYS):
        line.account.pass_day()
    line.clock.advance(timedelta(days=DAYS).total_seconds())
    return line


def requests_of(line: Pipeline) -> int:
    """Return the requests that a sync of the last days takes, but for subject lines, which no earlier version read."""
    before = line.account.stats().requests
    result = line.sync(since=str((line.clock.now() - timedelta(days=1)).date()), contacts=False)
    assert result.summary.subjects.unknown == 0
    return line.account.stats().requests - before - result.summary.subjects.requests


def assert_nothing_is_missing(line: Pipeline) -> None:
    """Assert that all activities are there, not only those of the last days."""
    proof = compare(line.known, line.activities())
    assert proof.holds, proof


def test_a_file_with_its_state_is_synced_on_and_its_state_is_moved_into_it(
    line: Pipeline, caplog: pytest.LogCaptureFixture
) -> None:
    """Two sentences say so; the old state file has another name then, and is not read again."""
    with caplog.at_level(logging.WARNING):
        line.sync()
    line.assert_equal()

    assert [line.database.name, f"{line.database.name}.state.old"] == sorted(
        each.name for each in line.database.parent.iterdir()
    )
    assert any("in " + str(line.database) + " itself" in message for message in caplog.messages)
    assert any("is named test.duckdb.state.old now" in message for message in caplog.messages)
    caplog.clear()
    line.sync()
    assert caplog.messages == []


@pytest.mark.parametrize("kept", [True, False])
def test_a_state_that_fits_spares_what_it_always_spared(pipeline: Make, kept: bool) -> None:
    """Nothing has happened since, so the list of campaigns is all that is read; without the state, everything is."""
    line = pipeline(seed=SEED, now=MADE_AT, plan=PLAN)
    unpack("two_files.database", line.database)
    if kept:
        unpack("two_files.state", old_state_file(line.database))

    requests = requests_of(line)

    assert (requests == 1) == kept
    assert_nothing_is_missing(line)


@pytest.mark.parametrize("content", [None, b"", b"hello" * 1000, b"SQLite format 3\x00" + b"\xff" * 5000])
def test_without_its_state_everything_that_was_ever_read_is_read_again(
    line: Pipeline, content: bytes | None, caplog: pytest.LogCaptureFixture
) -> None:
    """The state is missing or damaged; the sync asks for the last days only, and the gap before them is closed."""
    old_state_file(line.database).unlink()
    if content is not None:
        old_state_file(line.database).write_bytes(content)

    with caplog.at_level(logging.WARNING):
        requests_of(line)

    assert_nothing_is_missing(line)
    assert any("are read again from" in message for message in caplog.messages)


def test_a_state_that_is_newer_than_the_rows_is_not_trusted(line: Pipeline, caplog: pytest.LogCaptureFixture) -> None:
    """An older copy of the database was restored, and the state beside it was not."""
    copy = line.database.read_bytes()
    make_newer(old_state_file(line.database))
    line.database.write_bytes(copy)

    with caplog.at_level(logging.WARNING):
        requests_of(line)

    assert_nothing_is_missing(line)
    assert any("knows of more rows than" in message for message in caplog.messages)


def make_newer(state: Path) -> None:
    """Have each record speak of a sync an hour later that found one more open."""
    later = (MADE_AT + timedelta(hours=1)).isoformat()
    with sqlite3.connect(state) as connection:
        connection.execute(
            "UPDATE documents SET body = json_set(body, '$.synced.synced_at', ?,"
            " '$.synced.counters.opens', json_extract(body, '$.synced.counters.opens') + 1)"
            " WHERE json_extract(body, '$.synced') IS NOT NULL",
            [later],
        )
    connection.close()


def test_a_state_that_counts_more_rows_than_there_are_is_not_trusted(
    line: Pipeline, caplog: pytest.LogCaptureFixture
) -> None:
    """The counters stood still, and a sync of everything was made after the copy that was restored."""
    with sqlite3.connect(old_state_file(line.database)) as connection:
        connection.execute(
            "UPDATE documents SET body = json_set(body, '$.activities_synced_today', 1000000)"
            " WHERE path = 'sync_state/email_activities_main'"
        )
    connection.close()

    with caplog.at_level(logging.WARNING):
        requests_of(line)

    assert_nothing_is_missing(line)
    assert any("knows of more rows than" in message for message in caplog.messages)


def test_a_state_that_is_older_than_the_rows_costs_requests_alone(line: Pipeline) -> None:
    """What it does not know of is read again, which changes nothing."""
    with sqlite3.connect(old_state_file(line.database)) as connection:
        connection.execute("DELETE FROM documents WHERE path LIKE '%/campaigns/%' AND path LIKE '%1'")
    connection.close()

    line.sync()

    line.assert_equal()


def test_the_state_of_another_database_is_left_alone(line: Pipeline, caplog: pytest.LogCaptureFixture) -> None:
    """One sentence says that it is not used."""
    line.database.unlink()
    line.known.clear()  # what was there when the file was made cannot be read any more

    with caplog.at_level(logging.WARNING):
        line.sync()

    line.assert_equal()
    assert any("belongs to another database" in message for message in caplog.messages)
    assert old_state_file(line.database).exists()


def test_a_move_that_was_killed_before_its_commit_begins_anew(line: Pipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of it is in the file, and the old state file is as it was."""
    with monkeypatch.context() as killing:
        killing.setattr(DuckDbWarehouse, "identity", property(_die))
        with DuckDbWarehouse(line.database) as warehouse, pytest.raises(Died):
            open_state(warehouse, clock=line.clock)

    requests_of(line)

    assert_nothing_is_missing(line)
    assert not old_state_file(line.database).exists()


def test_a_move_that_was_killed_after_its_commit_is_completed(line: Pipeline) -> None:
    """The old state file is renamed by the next run, and not taken for the current state."""
    old = old_state_file(line.database).read_bytes()
    requests_of(line)
    old_state_file(line.database).write_bytes(old)

    requests_of(line)

    assert_nothing_is_missing(line)
    assert not old_state_file(line.database).exists()


class Died(SendtrailError):
    """The process died here."""


def _die(_: object) -> str:
    raise Died("killed")
