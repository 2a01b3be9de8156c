"""`sendtrail plan` as a person runs it, against a simulated account."""

import os
import re
import subprocess
import sys

from sendtrail.cli.check.check_command import outcome_of
from sendtrail.local.state.memory_state import MemoryState
from sendtrail.simulator import CampaignPlan, Plan
from tests.e2e.conftest import Pipeline
from tests.e2e.test_equality import Make

PLAN = Plan(sizes=(CampaignPlan(openers=390, clickers=20), CampaignPlan(openers=30, clickers=5)), contacts=800)


def run(command: str, line: Pipeline, *options: str) -> str:
    """Run a command of Sendtrail's and return what it prints."""
    words = [sys.executable, "-m", "sendtrail.cli.app", command, "--api-url", line.url, "--requests-per-second", "500"]
    environment = {"SENDTRAIL_API_KEY": line.account.api_key, "PATH": os.environ["PATH"], "COLUMNS": "200"}
    return subprocess.run(
        [*words, "--database", str(line.database), *options],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=True,
    ).stdout


def requests_in(output: str, row: str) -> int:
    """Return the requests that a row of the plan tells: the number after that of its things."""
    (line,) = [line for line in output.splitlines() if line.startswith(row)]
    return int(re.findall(r"[\d,]+", line.removeprefix(row))[1 if row != "together" else 0].replace(",", ""))


def test_the_plan_of_everything_is_what_the_sync_takes(pipeline: Make) -> None:
    """Within a tenth of it; the sync itself says by how much it was off."""
    line = pipeline(plan=PLAN)
    planned = run("plan", line, "--all")
    asked = line.account.stats().requests
    synced = run("sync", line, "--all")

    used = line.account.stats().requests - asked
    forecast = requests_in(planned, "together")
    assert abs(forecast - used) <= 0.1 * used, (planned, used)
    assert asked == 2  # the list of campaigns, and how many contacts there are
    assert re.search(r"forecast\s+[+-]\d+ of \d+", synced)


def test_the_first_sync_takes_what_a_check_has_said(pipeline: Make) -> None:
    """Also what it takes once: subject lines, and a look at whether split tests are shown by message."""
    line = pipeline()
    settings = line.settings()
    outcome = outcome_of(settings, MemoryState({}, clock=line.clock))
    asked = line.account.stats().requests

    line.sync()

    used = line.account.stats().requests - asked
    (said,) = [each for each in outcome.findings if each.name == "a sync of everything"]
    found = re.match(r"about (\d+) requests", said.meaning)
    assert found
    assert abs(int(found[1]) - used) <= 0.1 * used, (said, used)


def test_planning_changes_nothing(pipeline: Make) -> None:
    """No file is made."""
    line = pipeline(plan=PLAN)

    run("plan", line, "--all")

    assert not list(line.database.parent.glob(f"{line.database.name}*"))


def test_after_a_sync_there_is_nothing_left_to_plan(pipeline: Make) -> None:
    """The state in the database knows what was read."""
    line = pipeline(plan=PLAN)
    run("sync", line, "--all")

    planned = run("plan", line, "--no-contacts")

    assert requests_in(planned, "together") == requests_in(planned, "list of campaigns") == 1
    assert "On one machine nothing is billed. On BigQuery, for comparison:" in " ".join(planned.split())
