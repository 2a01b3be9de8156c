"""What a person asked `sendtrail sync` for is done in the end, whichever way the run that was asked for it ended."""

import os
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import pytest

from sendtrail.cli.settings.sync_settings import BEGINNING
from sendtrail.domain.wants import StillWanted, listed
from sendtrail.errors import SettingsError
from sendtrail.local.state.adoption import read_state
from sendtrail.local.write_ahead_log import log_of
from sendtrail.simulator import CampaignPlan, Plan
from sendtrail.state.stored_wants import read_wants
from tests.e2e.commands import Gate, finish, syncing
from tests.e2e.test_command import Make

HISTORY = Plan(sizes=(CampaignPlan(openers=900, clickers=40), CampaignPlan(openers=600, clickers=10)))


@pytest.mark.parametrize(
    ("requests", "how"), [(1, signal.SIGKILL), (2, signal.SIGKILL), (30, signal.SIGKILL), (30, signal.SIGINT)]
)
def test_a_sync_of_everything_that_was_stopped_is_gone_on_with_by_a_plain_one(
    pipeline: Make, requests: int, how: signal.Signals
) -> None:
    """The daily run has no option at all; before the first answer and while the campaigns were being listed, too."""
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


@pytest.mark.parametrize("requests", [1, 2, 30])
def test_what_was_wanted_outlasts_the_loss_of_the_log(pipeline: Make, requests: int) -> None:
    """It is in the file itself before the first request, so that a copy without the log has it."""
    line = pipeline(plan=HISTORY)
    line.sync(all=None, lookback_days=1, contacts=False)
    with syncing(line, "--no-contacts", at_request=requests) as process:
        process.kill()
    finish(process)
    line.account.failures.clear()
    log_of(line.database).unlink()

    result = line.sync(all=False, contacts=False)

    assert [want.since for want in result.summary.still_wanted] == [BEGINNING]
    activities, _ = line.prove()
    assert activities.holds, activities


@pytest.mark.parametrize(
    "options", [{"all": True}, {"since": "2020-01-01"}, {"all": None, "lookback_days": 900, "force": True}]
)
def test_what_was_wanted_is_stored_before_anything_that_may_fail(pipeline: Make, options: dict[str, Any]) -> None:
    """Before the views of a new file, which take the longest: here a table of the user's is in the way of one."""
    line = pipeline(plan=HISTORY)
    with duckdb.connect(line.database) as connection:
        connection.execute("CREATE SCHEMA marketing_ai; CREATE TABLE marketing_ai.users (name VARCHAR)")
    with pytest.raises(SettingsError, match="cannot be created"):
        line.sync(**options, contacts=False)
    with duckdb.connect(line.database) as connection:
        connection.execute("DROP TABLE marketing_ai.users")

    result = line.sync(all=False, contacts=False)

    assert len(result.summary.still_wanted) == 1
    activities, _ = line.prove()
    assert activities.holds, activities


def test_what_is_dropped_and_what_is_asked_for_are_one_commit(pipeline: Make) -> None:
    """Somebody drops a read of everything in favour of one campaign, and is interrupted at once."""
    line = pipeline(plan=HISTORY)
    line.sync(all=None, lookback_days=1, contacts=False)
    with syncing(line, "--no-contacts", at_request=2) as process:
        process.kill()
    finish(process)
    line.account.failures.clear()
    chosen = next(iter(line.account.campaigns_truth())).id
    with syncing(line, "--no-contacts", "--drop-wants", "--campaign", str(chosen), at_request=1) as process:
        process.kill()
    finish(process)
    line.account.failures.clear()

    result = line.sync(all=False, contacts=False)

    assert result.summary.still_wanted == [StillWanted(since=BEGINNING, again=True, campaigns=1)]


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


def test_a_sync_of_several_accounts_that_was_stopped_in_the_first_wants_everything_of_all(
    pipeline: Make, tmp_path: Path
) -> None:
    """The second one is not asked before the first is done."""
    line = pipeline(plan=HISTORY)
    dataset = line.settings().dataset
    accounts = "".join(f"[accounts.{name}]\napi_url = '{line.url}'\n" for name in ("first", "second"))
    (tmp_path / "sendtrail.toml").write_text(accounts, encoding="utf-8")
    gate = line.account.failures = Gate(1)
    keys = {f"SENDTRAIL_API_KEY_{name}": line.account.api_key for name in ("FIRST", "SECOND")}
    process = subprocess.Popen(
        [sys.executable, "-m", "sendtrail", "sync", "--all", "--database", str(line.database)],
        env={**os.environ, **keys}, cwd=tmp_path,
    )  # fmt: skip

    gate.reached.wait()
    process.kill()
    process.wait()
    gate.opened.set()

    state = read_state(line.database, dataset=dataset, clock=line.clock)
    found = {name: listed(state.transact(partial(read_wants, organization_id=name))) for name in ("first", "second")}
    everything = [StillWanted(since=BEGINNING, again=False, campaigns=None)]
    assert found == {"first": everything, "second": everything}


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
