"""When an account was last synced without anything missing: what monitors go by."""

from datetime import datetime, timedelta

from sendtrail.domain.campaign_report import Report
from sendtrail.state.account_status import read_status
from sendtrail.state.documents import campaign_path
from tests.fake_account import FakeAccount
from tests.fakes import NOON
from tests.pipeline_harness import ORGANIZATION, PipelineHarness


def a_pipeline() -> PipelineHarness:
    """Return a pipeline with two campaigns."""
    account = FakeAccount()
    account.fill(1, Report.OPENS, 20)
    account.fill(2, Report.OPENS, 20)
    return PipelineHarness(account=account)


def last_success(line: PipelineHarness) -> datetime | None:
    """Return what the account's status says."""
    status = line.state.transact(lambda transaction: read_status(transaction, ORGANIZATION))
    assert status is not None
    return status.last_success


def test_a_run_succeeds_with_its_last_campaign() -> None:
    """As of its beginning: what happens meanwhile is for the next."""
    line = a_pipeline()
    line.dispatch(contacts=False)
    dispatched = last_success(line)
    line.clock.advance(600)

    line.drain()

    assert (dispatched, last_success(line)) == (None, NOON)


def test_a_run_with_nothing_to_do_succeeds_at_once() -> None:
    """The account was looked at, and all is in."""
    line = a_pipeline()
    line.sync(contacts=False)
    line.clock.advance(60)

    line.dispatch("run2", contacts=False)

    assert last_success(line) == NOON + timedelta(seconds=60)


def test_a_run_of_named_campaigns_says_nothing_of_the_others() -> None:
    """Nor does one whose campaign cannot be read, or that is still going on."""
    line = a_pipeline()
    line.sync(contacts=False)
    line.clock.advance(60)

    line.sync("named", campaign_ids=frozenset({1}), force=True)
    line.state.documents[campaign_path(ORGANIZATION, 2)] = {"run_id": 7}
    line.sync("unreadable", contacts=False)
    line.sync("begun", campaign_ids=None, force=True, contacts=False)

    assert last_success(line) == NOON
