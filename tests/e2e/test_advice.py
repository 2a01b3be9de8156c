"""What the view `completeness` advises: the very command that it prints brings what is missing."""

import re
import shlex
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from sendtrail.cli.app import app
from sendtrail.simulator import CampaignPlan, Failure, FailureKind, NewActivity, Plan
from tests.activecampaign.scripted_account import THE_END, Received, Reply, a_page, an_open, as_json, refusal, scripted
from tests.e2e.conftest import Pipeline

Make = Callable[..., Pipeline]
PLAN = Plan(sizes=(CampaignPlan(openers=45, sent_days_ago=30),), contacts=None)
OPENS = "SELECT likely_cause, explanation FROM {dataset}.completeness WHERE event_type = 'open'"
COMMAND = re.compile(r"\brun (sendtrail .*?)(?: to get the rest|, and)")


def says(line: Pipeline) -> tuple[str, str]:
    """Return what the view says of the opens: the likely cause, and what to do."""
    with line.open() as run:
        ((cause, explanation),) = run.warehouse.query(OPENS.format(dataset="marketing_ai"), {}).rows
    return cause, explanation


def obey(explanation: str, *, url: str, key: str, database: Path) -> None:
    """Run the command in a sentence as a person does whose settings are in the environment."""
    found = COMMAND.search(explanation)
    assert found is not None, explanation
    program, *arguments = shlex.split(found[1])
    environment = {"SENDTRAIL_API_URL": url, "SENDTRAIL_API_KEY": key, "SENDTRAIL_DATABASE": str(database)}
    result = CliRunner().invoke(app, arguments, env={**environment, "SENDTRAIL_REQUESTS_PER_SECOND": "1000"})
    assert (program, result.exit_code) == ("sendtrail", 0), result.output


def a_page_that_was_hidden(make: Make) -> Pipeline:
    """Sync while the second page of the opens passes for the end."""
    line = make(plan=PLAN)
    line.account.fail(Failure(kind=FailureKind.FALSE_END, times=None, match="page=2"))
    line.sync(contacts=False)
    line.account.failures.clear()
    return line


def a_campaign_from_before(make: Make) -> Pipeline:
    """Sync the last week of a campaign that was sent a month ago."""
    line = make(plan=PLAN)
    line.account.pass_told_day([NewActivity(campaign_id=line.account.campaigns[0].id, opens=1)])
    line.sync(all=None, lookback_days=7, contacts=False)
    return line


SITUATIONS: Mapping[str, Callable[[Make], Pipeline]] = {
    "unexplained": a_page_that_was_hidden,
    "outside_lookback": a_campaign_from_before,
}


@pytest.mark.parametrize("cause", SITUATIONS)
def test_the_command_that_is_advised_brings_what_is_missing(pipeline: Make, cause: str) -> None:
    """Run as it is printed, and the view has nothing left to say."""
    line = SITUATIONS[cause](pipeline)
    found, explanation = says(line)
    assert found == cause

    obey(explanation, url=line.url, key=line.account.api_key, database=line.database)

    assert says(line)[0] == "none"


class Opens:
    """An account of one campaign with some opens; the report may be refused."""

    def __init__(self, *rows: Mapping[str, Any]) -> None:
        self.rows, self.opens, self.is_refused = list(rows), len(rows), False

    def __call__(self, received: Received) -> Reply:
        """Answer a request."""
        if received.target.startswith("/api/3/campaigns?"):
            row = {
                "id": "1",
                "name": "x",
                "send_amt": "9",
                "opens": str(self.opens),
                "uniqueopens": str(len(self.rows)),
            }
            return as_json({"campaigns": [row], "meta": {"total": "1"}})
        if received.target.startswith("/api/3/"):
            return as_json({name: [] for name in ("campaignMessages", "contacts", "tags", "lists")})
        if self.is_refused:
            return refusal("Failed: Database is busy")
        is_shown = "open_list" in received.target and received.params["page"] == "1"
        return a_page(self.rows) if is_shown else THE_END


def test_the_command_that_is_advised_reads_rows_that_can_be_read_by_now(pipeline: Make) -> None:
    """As after an update: here it is the account that mends them."""
    answer, line = Opens(an_open(1), {**an_open(2), "tstamp_iso": "the day before yesterday"}), pipeline()
    with scripted(answer) as server:
        line.url = server.url
        line.sync(contacts=False)
        found, explanation = says(line)
        answer.rows[1] = an_open(2)

        obey(explanation, url=server.url, key=line.account.api_key, database=line.database)

        assert (found, says(line)[0]) == ("unreadable_rows", "none")


def test_the_command_that_is_advised_reads_repeats_that_left_their_rows_where_they_were(pipeline: Make) -> None:
    """The campaigns were listed when the opens could not be read."""
    answer, line = Opens(an_open(1), an_open(2)), pipeline()
    with scripted(answer) as server:
        line.url = server.url
        line.sync(contacts=False)
        answer.rows[1], answer.opens, answer.is_refused = an_open(2, times=4), 5, True
        line.sync(contacts=False)
        found, explanation = says(line)
        answer.is_refused = False

        obey(explanation, url=server.url, key=line.account.api_key, database=line.database)

        assert (found, says(line)[0]) == ("repeats_missing", "none")
