"""An account that is paused on Google's emulators while its queue is full, with the command that an operator types."""

from typer.testing import CliRunner

from sendtrail.cli.app import app
from sendtrail.domain.campaign_report import Report
from sendtrail.emulators.functions import CAMPAIGN_WORKER
from sendtrail.emulators.project import Size
from sendtrail.simulator import CampaignPlan, Plan
from tests.e2e_gcp.conftest import Make
from tests.e2e_gcp.production import Production, wait_until
from tests.e2e_gcp.test_mishaps import new_rows, organization

CAMPAIGNS = 8
FULL = Plan(sizes=tuple(CampaignPlan(openers=400, clickers=10) for _ in range(CAMPAIGNS)))
# Each of them may have a request waiting for its answer, and one whose slot has come.
THREADS = 2
UNDER_WAY = 2 * (THREADS + len(Report))


def operate(line: Production, *words: str) -> str:
    """Type an operator's command, and return what it prints."""
    settings = line.project.settings
    place = ["--project", settings.project_id, "--installation", settings.firestore_database]
    result = CliRunner(env=dict(line.project.emulators.environment)).invoke(app, [*words, *place])
    assert result.exit_code == 0, result.output or result.exception
    return result.output


def test_a_full_queue_is_not_read_while_its_account_is_paused_and_nothing_is_lost(production: Make) -> None:
    """No request leaves after the pages under way; a run after the pause brings all that is missing."""
    line = production(size=Size(campaign_workers=1, threads=THREADS), flush_rows=100)
    name = organization()
    account = line.add(name, plan=FULL, latency_ms=50, requests_per_second=20)
    operate(line, "resume", "--organization", name)  # what a command loads is loaded then
    line.dispatch()
    wait_until(lambda: new_rows(line, name) > 0, what="the first rows are merged")

    said = operate(line, "pause", "--organization", name)
    at_pause = account.stats().requests
    wait_until(lambda: sum(line.outcomes(CAMPAIGN_WORKER).values()) >= CAMPAIGNS, what="the queue is empty")
    assert line.outcomes(CAMPAIGN_WORKER)["paused"] > THREADS
    rejected = line.dispatch().body["failed"]
    after_pause = account.stats().requests - at_pause
    resumed = operate(line, "resume", "--organization", name)
    line.sync()

    assert f"{name} is paused" in said
    assert f"{name} is resumed" in resumed
    assert "is paused since" in rejected[name]
    assert after_pause <= 20 + UNDER_WAY  # a second's worth at most: so old may the workers' answer be
    line.assert_equal_and_clean()
