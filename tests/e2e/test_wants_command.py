"""What a person asked `sendtrail sync` for is done in the end, whichever way the run that was asked for it ended."""

import signal

import pytest

from sendtrail.cli.settings.sync_settings import BEGINNING
from sendtrail.domain.wants import StillWanted
from sendtrail.simulator import CampaignPlan, Plan
from tests.e2e.commands import finish, syncing
from tests.e2e.test_command import Make

HISTORY = Plan(sizes=(CampaignPlan(openers=900, clickers=40), CampaignPlan(openers=600, clickers=10)))


@pytest.mark.parametrize(("requests", "how"), [(2, signal.SIGKILL), (30, signal.SIGKILL), (30, signal.SIGINT)])
def test_a_sync_of_everything_that_was_stopped_is_gone_on_with_by_a_plain_one(
    pipeline: Make, requests: int, how: signal.Signals
) -> None:
    """The daily run has no option at all; while the campaigns were being listed, too."""
    line = pipeline(plan=HISTORY)

    with syncing(line, "--no-contacts", at_request=requests) as process:
        process.send_signal(how)
    finish(process)
    line.account.failures.clear()
    result = line.sync(all=False, contacts=False)
    after = line.sync(all=False, contacts=False)

    campaigns = len(list(line.account.campaigns_truth()))
    (want,) = result.summary.still_wanted
    assert (want.since, want.again) == (BEGINNING, False)
    assert 0 < (want.campaigns or 0) <= campaigns
    assert after.summary.still_wanted == []
    activities, _ = line.prove()
    assert activities.holds, activities


def test_what_was_dropped_is_not_read(pipeline: Make) -> None:
    """Somebody who asked for everything by mistake gets the changes from then on."""
    line = pipeline(plan=HISTORY)
    with syncing(line, "--no-contacts", at_request=2) as process:
        process.kill()
        line.account.failures.clear()
    finish(process)

    dropped = line.sync(all=False, contacts=False, drop_wants=True)
    after = line.sync(all=False, contacts=False)

    assert (dropped.summary.still_wanted, after.summary.due) == ([], 0)
    activities, _ = line.prove()
    assert activities.missing


def test_a_finished_sync_leaves_nothing_that_is_still_wanted(pipeline: Make) -> None:
    """The next one has nothing to go on with, whatever the account has got since."""
    line = pipeline(plan=HISTORY)

    line.sync(contacts=False)

    assert line.sync(all=False, contacts=False).summary.still_wanted == []


def test_a_forced_sync_that_was_stopped_is_gone_on_with(pipeline: Make) -> None:
    """Only the campaigns that were not read again are left."""
    line = pipeline(plan=HISTORY)
    line.sync(contacts=False)
    with syncing(line, "--force", "--no-contacts", at_request=30) as process:
        process.kill()
        line.account.failures.clear()
    finish(process)

    result = line.sync(all=False, contacts=False)

    assert result.summary.still_wanted == [
        StillWanted(since=BEGINNING, again=True, campaigns=result.summary.due),
    ]
    assert result.summary.due > 0
