"""A run of the dispatcher: what it publishes, once, and what it leaves for the operator."""

import logging
from datetime import datetime, timedelta

import pytest

from sendtrail.delivery.checkpoint import Checkpoint
from sendtrail.domain.campaign_report import Report
from sendtrail.domain.messages import SyncCampaign, decode
from sendtrail.errors import LeaseHeld
from sendtrail.events import Event
from sendtrail.ports import Topic
from sendtrail.state.account_status import AccountStatus
from sendtrail.state.documents import account_path, campaign_path, from_document
from sendtrail.sync.due import Policy
from sendtrail.sync.sync_record import CampaignSynced
from sendtrail.warehouse.rows import Table
from tests.fake_account import FakeAccount, a_contact
from tests.fakes import NOON
from tests.pipeline_harness import ORGANIZATION, Killed, Wire, World


def a_world(**options: object) -> World:
    """Return a world of three campaigns and a contact."""
    account = FakeAccount(people={1: a_contact(1)})
    for campaign_id in (1, 2, 3):
        account.fill(campaign_id, Report.OPENS, 30)
    return World(account=account, **options)  # type: ignore[arg-type]


def status_of(world: World) -> AccountStatus:
    """Return what the operator looks at."""
    return from_document(AccountStatus, world.state.documents[account_path(ORGANIZATION)])


def published(world: World) -> list[int]:
    """Return the campaigns that messages were published for."""
    return sorted(decode(SyncCampaign, data).campaign_id for data in world.publisher.published[Topic.CAMPAIGNS])


def test_the_same_run_publishes_nothing_twice() -> None:
    """The Scheduler delivers at least once."""
    world = a_world()
    first = world.dispatch("run1")

    second = world.dispatch("run1")

    assert second == first
    assert published(world) == [1, 2, 3]
    assert len(world.publisher.published[Topic.CONTACTS]) == 1


def test_two_dispatchers_of_one_run_do_not_get_into_each_others_way() -> None:
    """The second is told to come back."""
    world = a_world(wire=Wire(kill_at=4))
    with pytest.raises(Killed):
        world.dispatch("run1")

    with pytest.raises(LeaseHeld):
        world.dispatch("run1")
    world.clock.advance(200)

    assert world.dispatch("run1").due == 3
    assert published(world) == [1, 2, 3]


def test_every_campaign_is_in_the_dimension_with_all_its_counters() -> None:
    """Those that are not due too."""
    world = a_world()

    world.dispatch("run1", campaign_ids=frozenset({2}))

    rows = world.warehouse.rows(Table.CAMPAIGNS)
    assert [(row["campaign_id"], row["opens"]) for row in rows] == [(1, 30), (2, 30), (3, 30)]
    assert published(world) == [2]


def test_campaigns_that_are_not_in_the_account_are_named() -> None:
    """A mistyped id is not passed over."""
    assert a_world().dispatch("run1", campaign_ids=frozenset({2, 99})).unknown == [99]


def test_contacts_alone_leave_the_campaigns_and_their_status_alone() -> None:
    """An empty list of campaigns means none."""
    world = a_world()
    world.sync("run1")
    before = status_of(world)

    summary = world.dispatch("run2", campaign_ids=frozenset())

    assert (summary.campaigns, summary.due, summary.published) == (0, 0, 1)
    assert status_of(world) == before


def test_contacts_are_left_out_when_they_are_not_asked_for() -> None:
    """They have a schedule of their own."""
    world = a_world()

    world.dispatch("run1", contacts=False)

    assert world.publisher.published[Topic.CONTACTS] == []


def test_a_new_run_starts_counting_anew_and_says_when_the_last_one_had_not_finished(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The operator is told; the campaigns themselves go on."""
    world = a_world()
    world.dispatch("run1")
    with caplog.at_level(logging.INFO):
        world.dispatch("run2")

    events = [getattr(record, "event_fields", {}).get("event") for record in caplog.records]
    assert events.count(Event.RUN_UNFINISHED) == 1
    status = status_of(world)
    assert (status.run_id, status.campaigns_total, status.campaigns_completed) == ("run2", 3, 0)


def test_a_run_that_is_dispatched_once_more_keeps_what_was_done_of_it() -> None:
    """Killed before it could say that it was done, while workers were at it already."""
    undisturbed = a_world()
    undisturbed.dispatch("run1")
    world = a_world(wire=Wire(kill_at=undisturbed.wire.operations - 1))
    with pytest.raises(Killed):
        world.dispatch("run1")
    world.drain()
    world.clock.advance(200)

    summary = world.dispatch("run1")

    status = status_of(world)
    assert summary.due == 0
    assert (status.campaigns_total, status.campaigns_completed) == (3, 3)


def test_a_backfill_of_everything_goes_on_over_the_runs_until_all_is_in() -> None:
    """Somebody asks once; each run hands out as much as the budget can read until the next: one campaign here."""
    world = a_world(policy=Policy(lookback=timedelta(days=1), backfill_requests=1))
    world.clock.advance(timedelta(days=10).total_seconds())
    asked = NOON - timedelta(days=3_000)

    world.sync("run1", since=asked)
    first = {row["campaign_id"] for row in world.warehouse.rows(Table.EMAIL_ACTIVITIES)}
    waiting = status_of(world).backfill_since
    for run in range(2, 5):
        world.sync(f"run{run}")

    assert (len(first), waiting) == (1, asked)
    assert world.stored_ids() == world.account_ids()
    assert status_of(world).backfill_since is None
    assert [_synced_since(world, campaign_id) for campaign_id in (1, 2, 3)] == [asked] * 3


def _synced_since(world: World, campaign_id: int) -> datetime:
    checkpoint = from_document(Checkpoint, world.state.documents[campaign_path(ORGANIZATION, campaign_id)])
    return from_document(CampaignSynced, checkpoint.synced or {}).since
