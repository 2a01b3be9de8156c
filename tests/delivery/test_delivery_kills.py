"""A worker may die at any operation; whoever comes after ends where it had ended."""

import pytest

from sendtrail.delivery.checkpoint import Checkpoint, Status
from sendtrail.domain.campaign_report import Report
from sendtrail.state.account_status import AccountStatus
from sendtrail.state.documents import account_path, campaigns_path, from_document
from sendtrail.warehouse.rows import Table
from tests.fake_account import FakeAccount, a_contact
from tests.pipeline_harness import ORGANIZATION, Wire, World

STEPS_A_DELIVERY = 3


def an_account() -> FakeAccount:
    """Return an account whose campaigns need several deliveries each."""
    account = FakeAccount(people={number: a_contact(number) for number in range(1, 90)})
    account.fill(1, Report.OPENS, 130)
    account.fill(1, Report.CLICKS, 45)
    account.fill(1, Report.UNSUBSCRIBES, 3)
    account.fill(2, Report.OPENS, 15)
    return account


def a_world(wire: Wire) -> World:
    """Return a world of two short-lived workers' deliveries."""
    return World(account=an_account(), wire=wire, steps=STEPS_A_DELIVERY)


def operations_of_a_sync() -> int:
    """Return how many operations an undisturbed sync makes."""
    wire = Wire()
    a_world(wire).sync()
    return wire.operations


@pytest.mark.parametrize("kill_at", range(1, operations_of_a_sync() + 1))
def test_a_kill_at_any_operation_loses_nothing_and_stores_nothing_twice(kill_at: int) -> None:
    """Before and after each claim, flush, checkpoint, hand-over and publish."""
    world = a_world(Wire(kill_at=kill_at))

    world.sync()
    world.sync("run2")  # the dispatcher picks up what a message was never published for

    assert world.stored_ids() == world.account_ids()
    contacts = world.warehouse.rows(Table.CONTACTS)
    assert [row["contact_id"] for row in contacts if not row["deleted_at"]] == sorted(map(str, range(1, 90)))
    documents = dict(world.state.children(campaigns_path(ORGANIZATION)))
    assert {from_document(Checkpoint, d).status for d in documents.values()} == {Status.DONE}
    assert not any(from_document(Checkpoint, d).continuation_pending for d in documents.values())


def test_an_undisturbed_sync_leaves_a_clean_state_for_the_operator() -> None:
    """The account's document counts every campaign once and every row once."""
    world = a_world(Wire())

    world.sync()

    status = from_document(AccountStatus, world.state.documents[account_path(ORGANIZATION)])
    assert (status.campaigns_total, status.campaigns_completed, status.campaigns_failed) == (2, 2, 0)
    assert status.activities_synced_today == 130 + 45 + 3 + 15
