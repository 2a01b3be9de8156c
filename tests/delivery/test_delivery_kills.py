"""A worker may die at any operation; whoever comes after ends where it had ended."""

import pytest

from sendtrail.delivery.checkpoint import Checkpoint, Status
from sendtrail.domain.campaign_report import Report
from sendtrail.state.account_status import AccountStatus
from sendtrail.state.documents import account_path, campaigns_path, from_document
from sendtrail.warehouse.rows import Table
from tests.fake_account import FakeAccount, a_contact
from tests.pipeline_harness import ORGANIZATION, CrashPoint, PipelineHarness

STEPS_A_DELIVERY = 3


def an_account() -> FakeAccount:
    """Return an account whose campaigns need several deliveries each."""
    account = FakeAccount(people={number: a_contact(number) for number in range(1, 90)})
    account.fill(1, Report.OPENS, 130)
    account.fill(1, Report.CLICKS, 45)
    account.fill(1, Report.UNSUBSCRIBES, 3)
    account.fill(2, Report.OPENS, 15)
    return account


def a_pipeline(crash_point: CrashPoint) -> PipelineHarness:
    """Return a pipeline of two short-lived workers' deliveries."""
    return PipelineHarness(account=an_account(), crash_point=crash_point, steps=STEPS_A_DELIVERY)


def operations_of_a_sync() -> int:
    """Return how many operations an undisturbed sync makes."""
    crash_point = CrashPoint()
    a_pipeline(crash_point).sync()
    return crash_point.operations


@pytest.mark.parametrize("kill_at", range(1, operations_of_a_sync() + 1))
def test_a_kill_at_any_operation_loses_nothing_and_stores_nothing_twice(kill_at: int) -> None:
    """Before and after each claim, flush, checkpoint, hand-over and publish."""
    pipeline = a_pipeline(CrashPoint(kill_at=kill_at))

    pipeline.sync()
    pipeline.sync("run2")  # the dispatcher picks up what a message was never published for

    assert pipeline.stored_ids() == pipeline.account_ids()
    contacts = pipeline.warehouse.rows(Table.CONTACTS)
    assert [row["contact_id"] for row in contacts if not row["deleted_at"]] == sorted(map(str, range(1, 90)))
    documents = dict(pipeline.state.children(campaigns_path(ORGANIZATION)))
    assert {from_document(Checkpoint, d).status for d in documents.values()} == {Status.DONE}
    assert not any(from_document(Checkpoint, d).continuation_pending for d in documents.values())


def test_an_undisturbed_sync_leaves_a_clean_state_for_the_operator() -> None:
    """The account's document counts every campaign once and every row once."""
    pipeline = a_pipeline(CrashPoint())

    pipeline.sync()

    status = from_document(AccountStatus, pipeline.state.documents[account_path(ORGANIZATION)])
    assert (status.campaigns_total, status.campaigns_completed, status.campaigns_failed) == (2, 2, 0)
    assert status.activities_synced_today == 130 + 45 + 3 + 15
