"""How an account is, while a sync of it has the file."""

import json

import pytest
from typer.testing import CliRunner, Result

from sendtrail.cli.app import app
from tests.e2e.commands import finish, syncing
from tests.e2e.conftest import Pipeline
from tests.e2e.test_command import BIG, Make


def ask(line: Pipeline, *words: str) -> Result:
    """Run a command that reads the state in a file."""
    return CliRunner().invoke(app, [*words, "--database", str(line.database)])


def test_a_sync_that_runs_is_shown_as_running(pipeline: Make) -> None:
    """By a copy of the moment, which is gone afterwards; once the sync is killed, nothing runs any more."""
    line = pipeline(plan=BIG)

    with syncing(line, at_request=40) as process:
        beside = sorted(line.database.parent.iterdir())
        during = ask(line, "status", "--json")
        left = sorted(line.database.parent.iterdir())
        process.kill()
        line.account.failures.clear()
    finish(process)
    after = ask(line, "status", "--json")

    assert (during.exit_code, after.exit_code) == (0, 0), (during.output, after.output)
    assert [each["activity"] for each in json.loads(during.stdout)] == ["running"]
    assert [each["activity"] for each in json.loads(after.stdout)] == ["idle"]
    assert left == beside


@pytest.mark.parametrize("words", [("failures",), ("runs",), ("backfill", "show")])
def test_what_a_sync_that_runs_has_stored_is_shown(pipeline: Make, words: tuple[str, ...]) -> None:
    """None of them changes anything."""
    line = pipeline(plan=BIG)

    with syncing(line, at_request=40) as process:
        found = ask(line, *words)
        process.kill()
        line.account.failures.clear()
    finish(process)

    assert found.exit_code == 0, found.output
    assert {"failures": "Nothing has failed.", "runs": "running", "backfill": "still wanted"}[words[0]] in found.output
