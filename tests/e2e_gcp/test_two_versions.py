"""A roll-out and a roll-back: the last released version's functions and today's, side by side in one project."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sendtrail.emulators.functions import CAMPAIGN_WORKER
from sendtrail.logs import LABELS_FIELD
from sendtrail.simulator import CampaignPlan, NewActivity, Plan
from tests.e2e_gcp.conftest import MakeProject
from tests.e2e_gcp.production import Production
from tests.e2e_gcp.test_runs import organization
from tests.e2e_gcp.two_versions import Choice, RollOut, Version, earlier, in_turn, rolling_out, todays

NOW, DAY = datetime(2026, 1, 1, tzinfo=UTC), timedelta(days=1)


# A dozen pages, two a second: more than a delivery of three seconds reads.
ONE_CAMPAIGN = Plan(sizes=(CampaignPlan(openers=120, clickers=3, links=1, bounces=1, unsubscribes=1, forwards=1),))
PAGES_A_SECOND, TIME_BUDGET_S = 2, 3.0


@dataclass(frozen=True, kw_only=True)
class Stage:
    """Who dispatches a day's run, to whom its messages are pushed, and what else is read than what has changed."""

    dispatcher: Version
    workers: Choice
    contacts: bool = False
    force: bool = False


STAGES = (
    Stage(dispatcher=Version.EARLIER, workers=earlier, contacts=True),
    Stage(dispatcher=Version.EARLIER, workers=todays),
    Stage(dispatcher=Version.TODAYS, workers=earlier),
    Stage(dispatcher=Version.TODAYS, workers=in_turn, contacts=True, force=True),
    Stage(dispatcher=Version.EARLIER, workers=earlier),  # rolled back
    Stage(dispatcher=Version.TODAYS, workers=todays, contacts=True),  # and out again
)
WORKED: Mapping[Choice, set[Version]] = {earlier: {Version.EARLIER}, todays: {Version.TODAYS}, in_turn: set(Version)}


@dataclass(frozen=True, kw_only=True)
class TwoVersions:
    """A roll-out, and the account that is synced meanwhile."""

    roll_out: RollOut
    line: Production

    def workers_of(self, run_id: str) -> set[Version]:
        """Return the versions that brought a run's campaign on, or to its end."""
        return {version for version in Version if {"continued", "done"} & self._outcomes(version, run_id)}

    def _outcomes(self, version: Version, run_id: str) -> set[str]:
        lines = replace(self.line, folder=self.line.folder / version).lines(CAMPAIGN_WORKER)
        return {line["outcome"] for line in lines if "outcome" in line and line[LABELS_FIELD]["run_id"] == run_id}


@pytest.fixture
def versions(make_project: MakeProject, tmp_path: Path) -> Iterator[TwoVersions]:
    """Give a project in which both versions run."""
    project = make_project(time_budget_s=TIME_BUDGET_S, job_deadline_s=540.0)
    with ExitStack() as stack:
        roll_out = stack.enter_context(rolling_out(project, folder=tmp_path, ack_deadline_s=60))
        yield TwoVersions(roll_out=roll_out, line=Production(project=project, folder=tmp_path, stack=stack))


@pytest.mark.timeout(1_800)  # six runs, and three emulators to start on a machine that may be busy
def test_each_version_goes_on_with_what_the_other_one_left(versions: TwoVersions) -> None:
    """A day's changes at each stage: all is stored once, nothing fails, and state and messages are read by both."""
    line = versions.line
    account = line.add(organization(), plan=ONE_CAMPAIGN, requests_per_second=PAGES_A_SECOND)
    (campaign,) = account.campaigns_truth()

    for day, stage in enumerate(STAGES):
        versions.roll_out.route(dispatcher=stage.dispatcher, workers=stage.workers)
        asked = {"contacts": stage.contacts, "force": stage.force}
        run_id = line.dispatch(schedule_time=NOW + day * DAY, **asked).body["run_id"]
        (line.finish if stage.contacts else line.finish_campaigns)(run_id)
        line.assert_equal_and_clean()
        assert versions.workers_of(run_id) == WORKED[stage.workers]
        account.pass_told_day([NewActivity(campaign_id=campaign.id, opens=2, clicks=1)])
