"""The command as a person runs it, in a process of its own: what it says, how it ends, what a kill leaves behind."""

import json
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import duckdb
import pytest

from sendtrail.domain.campaign_report import PAGE_SIZE
from sendtrail.errors import KeyRefused, Unavailable
from sendtrail.simulator import CampaignPlan, Failure, FailureKind, Plan
from tests.e2e.commands import finish, sync, syncing
from tests.e2e.conftest import Pipeline

Make = Callable[..., Pipeline]
BIG = Plan(sizes=(CampaignPlan(openers=1_200, clickers=40), CampaignPlan(openers=600, clickers=10)), contacts=2_500)
PAGES_OF_OPENS = sum(campaign.openers for campaign in BIG.sizes) // PAGE_SIZE


def test_a_sync_says_what_it_brought_in_and_ends_with_0(pipeline: Make) -> None:
    """The summary names every kind of activity, the contacts, the requests and the time."""
    line = pipeline()

    code, output = sync(line)

    assert code == 0, output
    for name in ("opens", "clicks", "bounces", "unsubscribes", "forwards", "contacts", "API requests", "429s", "time"):
        assert name in output
    assert line.account.api_key not in output


def test_a_program_reads_what_a_sync_did(pipeline: Make) -> None:
    """One JSON object, of all that came in by event type."""
    line = pipeline()

    code, output = sync(line, "--json")

    assert code == 0, output
    found = json.loads(output.splitlines()[-1])
    line.remember()
    assert found["activities"]["read"]["open"] > 0
    assert sum(found["activities"]["read"].values()) >= found["activities"]["new"] > 0
    assert (found["exit_code"], found["failures"]) == (0, [])
    line.assert_equal()


@pytest.mark.parametrize("requests", [3, 40, 90])
def test_a_sync_that_was_killed_goes_on_where_it_was(pipeline: Make, requests: int) -> None:
    """`kill -9` at any moment; the next run ends with everything, once each."""
    line = pipeline(plan=BIG)

    with syncing(line, at_request=requests) as process:
        process.kill()
        line.account.failures.clear()
    finish(process)
    code, output = sync(line)

    assert code == 0, output
    line.remember()
    line.assert_equal()


def test_ctrl_c_keeps_what_was_read(pipeline: Make) -> None:
    """It says that nothing is lost, ends with 130, and the next run reads the rest only."""
    line = pipeline(plan=BIG)

    with syncing(line, "--no-contacts", at_request=60) as process:
        process.send_signal(signal.SIGINT)
    code, output = finish(process)
    line.account.failures.clear()
    stopped = line.account.stats().requests
    again, _ = sync(line, "--no-contacts")

    assert (code, again) == (130, 0), output
    assert "run the same command again" in output
    assert line.account.stats().requests - stopped < PAGES_OF_OPENS
    line.remember()
    activities, _ = line.prove()
    assert activities.holds, activities


def test_a_second_ctrl_c_ends_at_once_whatever_the_account_does(pipeline: Make) -> None:
    """The account does not answer at all: nothing is waited for, and no traceback is printed."""
    line = pipeline(plan=BIG)

    with syncing(line, "--no-contacts", at_request=60) as process:
        while process.poll() is None:  # two that come too fast are one
            process.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                process.wait(0.1)
        code, output = finish(process)

    assert code == 130
    assert "Traceback" not in output
    assert "run the same command again" in output


def test_a_campaign_that_failed_is_named_with_its_reason_and_ends_with_1(pipeline: Make) -> None:
    """Everything else is in."""
    line = pipeline()
    broken = next(c for c in line.account.campaigns_truth() if c.counters["opens"] and c.kind == "ordinary")
    line.account.fail(Failure(kind=FailureKind.REDIRECT, times=None, match=f"campaignid={broken.id}&"))

    code, output = sync(line)

    assert code == 1
    assert f"failed campaign {broken.id}" in output
    assert "API URL" in output


def test_a_campaign_that_is_not_there_is_said_not_to_be(pipeline: Make) -> None:
    """A mistyped id is no success."""
    line = pipeline()

    code, output = sync(line, "--campaign", "987654")

    assert code == 1
    assert "failed campaign 987654: there is no such campaign" in output


def test_what_stops_a_sync_is_a_sentence(pipeline: Make) -> None:
    """Without a traceback, and without the key."""
    line = pipeline()
    line.account.fail(Failure(kind=FailureKind.REDIRECT, times=None))

    code, output = sync(line)

    assert code == 1
    assert "API URL" in output
    assert "Traceback" not in output
    assert line.account.api_key not in output


def test_a_wrong_key_is_said_to_be_wrong(pipeline: Make) -> None:
    """Without showing it."""
    line = pipeline()

    with pytest.raises(KeyRefused, match="key") as caught:
        line.sync(api_key="not-the-key")

    assert "not-the-key" not in str(caught.value)


def test_an_address_where_nobody_answers_is_said_to_be_wrong(pipeline: Make) -> None:
    """With what to check."""
    line = pipeline()
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        line.url = f"http://127.0.0.1:{unused.getsockname()[1]}"

        with pytest.raises(Unavailable, match=r"127\.0\.0\.1 cannot be reached"):
            line.sync()


def scribble(database: Path) -> None:
    """Write something that is no database."""
    database.write_text("a,b\n1,2\n")


def occupy(database: Path) -> None:
    """Make a database that has a table of ours with columns of another's."""
    with duckdb.connect(str(database)) as connection:
        connection.execute("CREATE SCHEMA marketing_ai")
        connection.execute("CREATE TABLE marketing_ai.contacts (a INT)")


@pytest.mark.parametrize(
    ("damage", "said"),
    [(scribble, "not a DuckDB database"), (occupy, "not Sendtrail's"), (Path.mkdir, "is a folder")],
)
def test_a_database_that_is_not_ours_is_left_alone(pipeline: Make, damage: Callable[[Path], None], said: str) -> None:
    """The message says what to do, and the exit code that it was asked for wrongly."""
    line = pipeline()
    damage(line.database)
    before = line.database.read_bytes() if line.database.is_file() else b""

    code, output = sync(line)

    assert code == 2, output
    assert said in output
    assert (line.database.read_bytes() if line.database.is_file() else b"") == before


def test_a_database_that_is_half_copied_is_said_to_be_damaged(pipeline: Make) -> None:
    """It is left as it is; nothing new is made in its place."""
    line = pipeline()
    sync(line)
    half = line.database.read_bytes()[: line.database.stat().st_size // 2]
    line.database.write_bytes(half)

    code, output = sync(line)

    assert code == 2
    assert "Restore a copy" in output
    assert "Traceback" not in output
    assert line.database.read_bytes() == half


def test_a_log_without_its_database_is_kept(pipeline: Make) -> None:
    """The database was moved away after a kill; what is in the log would be lost."""
    line = pipeline(plan=BIG)
    with syncing(line, at_request=40) as process:
        process.kill()
        line.account.failures.clear()
    finish(process)
    line.database.rename(line.database.with_name("away.duckdb"))

    code, output = sync(line)

    assert code == 2
    assert f"{line.database.name}.wal is there" in output
    assert not line.database.exists()


def test_two_syncs_of_one_file_do_not_get_into_each_others_way(pipeline: Make) -> None:
    """The second says who has it."""
    line = pipeline()

    with syncing(line, at_request=3) as first:
        code, output = sync(line)
        line.account.failures.clear()
    first_code, _ = finish(first)

    assert (code, first_code) == (75, 0)
    assert "in use" in output


def test_every_wrong_option_is_named_at_once(pipeline: Make) -> None:
    """Not one after the other."""
    line = pipeline()

    code, output = sync(line, "--concurrency", "many", "--dataset", "a-b", "--time-zone", "Nowhere")

    assert code == 2
    for option in ("--concurrency", "--dataset", "--time-zone"):
        assert option in output


def test_the_help_needs_no_manual() -> None:
    """Every option of the contract is in it."""
    command = [sys.executable, "-m", "sendtrail.cli.app", "sync", "--help"]

    output = subprocess.run(command, capture_output=True, text=True, check=True, env={"COLUMNS": "120"}).stdout

    for option in (
        "--api-url", "--api-key-file", "SENDTRAIL_API_KEY", "--database", "--organization", "--dataset", "--since",
        "--lookback-days", "--all", "--campaign", "--no-contacts", "--requests-per-second", "--time-zone",
        "--time-budget-s", "--concurrency", "Exit code",
    ):  # fmt: skip
        assert option in output
