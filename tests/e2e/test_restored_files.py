"""A copy of the one file, restored at any later time, loses nothing: what is missing is read again."""

import logging
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest

from sendtrail.cli.demo.proof import compare
from sendtrail.cli.run.run_observer import RunObserver
from sendtrail.local.write_ahead_log import log_of
from tests.e2e.conftest import Pipeline

Make = Callable[..., Pipeline]
DAY_S = timedelta(days=1).total_seconds()
DAYS = 3


def yesterday(line: Pipeline) -> str:
    """Return from when on a daily sync reads."""
    return str((line.clock.now() - timedelta(days=1)).date())


def pass_days(line: Pipeline, days: int = DAYS) -> None:
    """Let days pass, with a sync of the last days on each."""
    for _ in range(days):
        line.account.pass_day()
        line.clock.advance(DAY_S)
        line.sync(since=yesterday(line))


def assert_rows(line: Pipeline) -> None:
    """Assert that all that the account has now is there, and nothing that it never had."""
    there = line.activities()
    proof = compare(line.known, [*there, *(line.known - set(there) - now(line))])
    assert proof.holds, proof
    assert len(there) == len(set(there))


def now(line: Pipeline) -> set[object]:
    """Return what can still be read in the account: an observation that was replaced cannot."""
    fresh = Pipeline(account=line.account, url=line.url, database=line.database, make_database=line.make_database)
    fresh.remember()
    return set(fresh.known)


@pytest.fixture
def line(pipeline: Make) -> Pipeline:
    """Give an account that was synced completely."""
    line = pipeline()
    line.sync()
    return line


def test_a_copy_that_is_restored_in_its_place_loses_nothing(line: Pipeline) -> None:
    """The daily sync after it asks for the last days only, and has everything that happened since the copy."""
    copy = line.database.read_bytes()
    pass_days(line)

    line.database.write_bytes(copy)
    line.sync(since=yesterday(line))

    assert_rows(line)


def test_a_copy_in_another_place_is_as_good_as_the_original(line: Pipeline, tmp_path: Path) -> None:
    """Nothing beside the file is needed, whatever its name."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    copy = Path(shutil.copy(line.database, elsewhere / "copy.db"))
    pass_days(line)

    line.database = copy
    line.sync(since=yesterday(line))

    assert_rows(line)
    assert [each.name for each in elsewhere.iterdir()] == ["copy.db"]


def test_an_up_to_date_copy_costs_no_more_than_the_original(line: Pipeline, tmp_path: Path) -> None:
    """Only the list of campaigns is read."""
    line.database = Path(shutil.copy(line.database, tmp_path / "copy.db"))
    before = line.account.stats().requests

    line.sync(contacts=False)

    assert line.account.stats().requests - before == 1


@pytest.mark.parametrize("interrupted", [False, True])
def test_a_copy_beside_the_log_of_a_later_sync_loses_nothing(
    line: Pipeline, caplog: pytest.LogCaptureFixture, interrupted: bool
) -> None:
    """A killed sync left the log: it is not applied to the copy, and one sentence says so."""
    copy = line.database.read_bytes()
    pass_days(line)
    log = killed_log(line, checkpointed=interrupted)

    line.database.write_bytes(copy)
    log_of(line.database).write_bytes(log)
    with caplog.at_level(logging.WARNING):
        line.sync(since=yesterday(line))

    assert_rows(line)
    assert any("log of another copy" in message for message in caplog.messages)
    assert log_of(line.database).with_name("test.duckdb.wal.foreign").read_bytes() == log


def test_an_old_log_beside_a_newer_file_is_not_applied(line: Pipeline, caplog: pytest.LogCaptureFixture) -> None:
    """Its rows would be there twice."""
    log = killed_log(line)
    pass_days(line)

    log_of(line.database).write_bytes(log)
    with caplog.at_level(logging.WARNING):
        line.sync(since=yesterday(line))

    assert_rows(line)
    assert any("log of another copy" in message for message in caplog.messages)


def killed_log(line: Pipeline, *, checkpointed: bool = False) -> bytes:
    """Return the log that a sync of a day leaves that is killed at its end."""
    line.account.pass_day()
    line.clock.advance(DAY_S)
    with line.open(since=yesterday(line)) as run:
        if checkpointed:
            run.warehouse.connection.raw.execute("CHECKPOINT")
        run.sync(RunObserver())
        return log_of(line.database).read_bytes()


def test_a_lost_log_takes_rows_and_state_with_it(line: Pipeline, caplog: pytest.LogCaptureFixture) -> None:
    """So what it contained is read again, and one sentence says that it is gone."""
    line.account.pass_day()
    line.clock.advance(DAY_S)
    with line.open(since=yesterday(line)) as run:
        run.sync(RunObserver())
        killed = line.database.read_bytes()
    line.remember()
    line.database.write_bytes(killed)

    with caplog.at_level(logging.WARNING):
        line.sync(since=yesterday(line))

    assert_rows(line)
    assert any("is gone" in message for message in caplog.messages)


def test_a_killed_sync_is_no_lost_log(line: Pipeline, caplog: pytest.LogCaptureFixture) -> None:
    """Also where another program has opened the file meanwhile, and moved the log into it."""
    with line.open(since=yesterday(line)) as run:
        run.sync(RunObserver())
        killed, log = line.database.read_bytes(), log_of(line.database).read_bytes()
    line.database.write_bytes(killed)
    log_of(line.database).write_bytes(log)
    duckdb.connect(line.database).close()

    with caplog.at_level(logging.WARNING):
        line.sync(since=yesterday(line))

    assert caplog.messages == []
    line.assert_equal()


@pytest.mark.parametrize("is_killed", [True, False])
def test_after_a_kill_the_first_request_waits_for_those_of_the_dead_process(line: Pipeline, is_killed: bool) -> None:
    """The account allows so many in any second, and the last ones may not be in the stored budget."""
    with line.open() as run:
        killed, log = line.database.read_bytes(), log_of(line.database).read_bytes()
        assert not run.warehouse.connection.was_killed
    if is_killed:
        line.database.write_bytes(killed)
        log_of(line.database).write_bytes(log)
    line.clock.slept.clear()

    line.sync(contacts=False)

    assert (sum(line.clock.slept) > 0.9) == is_killed


def test_a_dataset_whose_tables_were_dropped_is_read_again(line: Pipeline, caplog: pytest.LogCaptureFixture) -> None:
    """The state speaks of rows that are gone, so it is not trusted."""
    with duckdb.connect(line.database) as connection:
        connection.execute("DROP SCHEMA marketing_ai CASCADE")

    with caplog.at_level(logging.WARNING):
        line.sync(since=yesterday(line))

    assert_rows(line)
    assert any("not in" in message for message in caplog.messages)


def test_a_database_may_be_named_like_its_dataset(pipeline: Make, tmp_path: Path) -> None:
    """DuckDB calls such names ambiguous."""
    line = pipeline()
    line.database = tmp_path / "marketing_ai.duckdb"

    for _ in range(2):
        line.sync()

    line.assert_equal()
