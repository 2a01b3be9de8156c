"""An account that is paused on this machine: `sendtrail sync` does not ask it, says so, and loses nothing by it."""

import subprocess
import sys

import pytest

from sendtrail.cli.process.exit_codes import BUSY, DONE
from sendtrail.errors import AccountPaused
from tests.e2e.commands import finish, start, syncing
from tests.e2e.conftest import Pipeline
from tests.e2e.test_command import Make


def operate(line: Pipeline, *words: str) -> tuple[int, str]:
    """Run an operator's command on the file."""
    command = [sys.executable, "-m", "sendtrail.cli.app", *words, "--database", str(line.database)]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    return done.returncode, done.stdout


def test_a_sync_of_an_account_that_is_paused_says_so_and_asks_nothing(pipeline: Make) -> None:
    """With the exit code of what is to be tried later, and what it was asked for is done after the pause."""
    line = pipeline()
    line.sync(all=None, lookback_days=1)
    paused = operate(line, "pause", "--reason", "their request")
    before = line.account.stats().requests

    code, output = finish(start(line))
    asked = line.account.stats().requests - before
    resumed = operate(line, "resume")
    result = line.sync(all=False)

    assert (paused[0], resumed[0], asked, code) == (DONE, DONE, 0, BUSY)
    assert "Paused:" in output
    assert "the account main is paused since" in output
    assert "(their request): sendtrail resume ends that; what was asked for is stored" in output
    assert len(result.summary.still_wanted) == 1
    line.assert_equal()


def test_a_plan_and_a_check_ask_nothing_either(pipeline: Make) -> None:
    """They are requests to the account as well."""
    line = pipeline()
    line.sync()
    operate(line, "pause")
    before = line.account.stats().requests

    for words in (["plan"], ["check"]):
        command = [sys.executable, "-m", "sendtrail.cli.app", *words, "--api-url", line.url]
        command += ["--database", str(line.database)]
        done = subprocess.run(
            command, env={"SENDTRAIL_API_KEY": line.account.api_key}, capture_output=True, text=True, check=False
        )
        assert (done.returncode, "is paused since" in done.stderr) == (BUSY, True), done.stderr

    assert line.account.stats().requests == before


def test_a_pause_while_a_sync_has_the_file_says_how_to_end_that(pipeline: Make) -> None:
    """The file is that of one program at a time."""
    line = pipeline()
    line.sync(all=None, lookback_days=1, contacts=False)

    with syncing(line, at_request=3) as process:
        code, output = operate(line, "pause")
    finish(process)

    assert (code, "Ctrl-C" in output, "--wait SECONDS" in output) == (BUSY, True, True)


def test_a_run_that_is_paused_before_it_begins_raises(pipeline: Make) -> None:
    """As a program that uses the library sees it."""
    line = pipeline()
    line.sync()
    operate(line, "pause")

    with pytest.raises(AccountPaused):
        line.sync()
