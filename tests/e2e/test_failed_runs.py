"""Runs that could not read the account at all: each operator's command says so, until one gets through."""

import json
import re
from collections.abc import Callable

import pytest
from typer.testing import CliRunner, Result

from sendtrail.cli.app import app
from sendtrail.cli.run.run_result import FailureKind as Kind
from sendtrail.domain.work_item import CONTACTS
from sendtrail.errors import AnotherAccount, KeyRefused, SendtrailError, Unavailable
from sendtrail.simulator import Failure, FailureKind
from tests.e2e.conftest import Pipeline

Make = Callable[..., Pipeline]
Trouble = Callable[[Pipeline, Make], dict[str, object]]


def unreachable(line: Pipeline, _: Make) -> dict[str, object]:
    """Have the account answer nothing."""
    line.account.failures.add(Failure(kind=FailureKind.UNAVAILABLE, times=None))
    return {}


def wrong_key(_: Pipeline, __: Make) -> dict[str, object]:
    """Give a key that was revoked."""
    return {"api_key": "0123revoked"}


def another_account(_: Pipeline, make: Make) -> dict[str, object]:
    """Give another account's address and key."""
    other = make(seed=6)
    return {"api_url": other.url, "api_key": other.account.api_key}


TROUBLES = pytest.mark.parametrize(
    ("trouble", "error", "said", "advice"),
    [
        (unreachable, Unavailable, "the account is in trouble", "this may pass: the next run tries it again"),
        (wrong_key, KeyRefused, "the account does not accept the API key", "nothing of the account is read until"),
        (another_account, AnotherAccount, "whose data it holds", "nothing of the account is read until"),
    ],
)


def run(line: Pipeline, *words: str) -> Result:
    """Run an operator's command on the file."""
    return CliRunner(env={"COLUMNS": "400"}).invoke(app, [*words, "--database", str(line.database)])


def fail(line: Pipeline, error: type[SendtrailError], options: dict[str, object], *, times: int) -> None:
    """Have runs fail, an hour after one another."""
    for _ in range(times):
        line.clock.advance(3_600)
        with pytest.raises(error):
            line.sync(**options)


@TROUBLES
def test_what_failed_is_said_by_each_command(
    pipeline: Make, trouble: Trouble, error: type[SendtrailError], said: str, advice: str
) -> None:
    """With the reason, when, how often in a row and what to do; an hour later there was still no other run."""
    line = pipeline()
    line.sync()
    options = trouble(line, pipeline)

    fail(line, error, options, times=2)
    failures, retry = run(line, "failures"), run(line, "retry")
    status, runs = run(line, "status"), run(line, "runs")

    assert failures.exit_code == 1
    assert re.match(
        r"main: account \(2025-06-01 14:\d\d UTC, 2 runs in a row since 2025-06-01 13:\d\d\): ", failures.output
    )
    assert said in failures.output
    assert advice in failures.output
    assert retry.output.splitlines()[-1] == "To start that run now: sendtrail sync"
    assert "main: account: " in retry.output
    assert re.search(r"  last run          2025-06-01 14:\d\d UTC, failed: nothing was brought in\n", status.output)
    assert "last run took" not in status.output
    assert "  failures          1\n" in status.output
    latest, before, first = runs.output.splitlines()
    assert re.match(r"2025-06-01 14:\d\d UTC  main  failed: ", latest)
    assert re.match(r"2025-06-01 13:\d\d UTC  main  failed: ", before)
    assert said in latest
    assert "complete" in first


@TROUBLES
def test_the_next_run_that_gets_through_ends_it(
    pipeline: Make, trouble: Trouble, error: type[SendtrailError], said: str, advice: str
) -> None:
    """And the one that fails after that is the first in a row again; `runs` keeps why each failed."""
    del advice
    line = pipeline()
    line.sync()
    options = trouble(line, pipeline)
    fail(line, error, options, times=2)
    line.account.failures.clear()
    line.clock.advance(3_600)
    line.sync()

    after, status = run(line, "failures"), run(line, "status")
    runs = json.loads(run(line, "runs", "--json").output)
    fail(line, error, trouble(line, pipeline), times=1)
    again = run(line, "failures")

    assert (after.output, after.exit_code) == ("Nothing has failed.\n", 0)
    assert "last run took" in status.output
    assert [each["outcome"] for each in runs] == ["complete", "failed", "failed", "complete"]
    assert said in runs[1]["reason"]
    assert re.match(r"main: account \(2025-06-01 16:\d\d UTC\): ", again.output)


def test_what_a_run_has_given_up_is_said_until_the_next_one(pipeline: Make) -> None:
    """A pass over the contacts that did not get through: nothing but the run knows why."""
    line = pipeline()
    line.account.failures.add(Failure(kind=FailureKind.UNAVAILABLE, times=None, match="/api/3/contacts"))
    result = line.sync()
    given_up = [each.subject for each in result.failures if each.kind is Kind.PASSING]

    failures = run(line, "failures")
    line.account.failures.clear()
    line.clock.advance(3_600)
    line.sync()

    assert given_up == [CONTACTS]
    assert failures.output.startswith("main: contacts (")
    assert (failures.exit_code, "the account is in trouble" in failures.output) == (1, True)
    assert run(line, "failures").output == "Nothing has failed.\n"


def test_a_name_that_was_mistyped_makes_no_account(pipeline: Make) -> None:
    """The account is stored under another one: the command has said so."""
    line = pipeline()
    line.sync()

    with pytest.raises(AnotherAccount):
        line.sync(organization="mian")

    assert run(line, "failures").output == "Nothing has failed.\n"
    assert "mian" not in run(line, "status").output
