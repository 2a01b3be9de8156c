"""A run of the dispatcher: what it publishes, once, and what it leaves for the operator."""

import logging
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from sendtrail.delivery.checkpoint import Checkpoint
from sendtrail.domain.campaign_report import Report
from sendtrail.domain.deletion_guard import DeletionGuard
from sendtrail.domain.messages import SyncCampaign, WorkFailed, decode
from sendtrail.errors import LeaseHeld
from sendtrail.logs import Event
from sendtrail.ports import Topic
from sendtrail.state.account_status import AccountStatus
from sendtrail.state.documents import account_path, campaign_path, from_document
from sendtrail.sync.due import Policy
from sendtrail.sync.sync_record import SyncRecord
from sendtrail.warehouse.rows import Table
from tests.fake_account import FakeAccount, a_contact
from tests.fakes import NOON
from tests.pipeline_harness import ORGANIZATION, Crash, CrashPoint, PipelineHarness

DAY_S = 86_400


def a_pipeline(**options: object) -> PipelineHarness:
    """Return a pipeline of three campaigns and a contact."""
    account = FakeAccount(people={1: a_contact(1)})
    for campaign_id in (1, 2, 3):
        account.fill(campaign_id, Report.OPENS, 30)
    return PipelineHarness(account=account, **options)  # type: ignore[arg-type]


def status_of(pipeline: PipelineHarness) -> AccountStatus:
    """Return what the operator looks at."""
    return from_document(AccountStatus, pipeline.state.documents[account_path(ORGANIZATION)])


def published(pipeline: PipelineHarness) -> list[int]:
    """Return the campaigns that messages were published for."""
    return sorted(decode(SyncCampaign, data).campaign_id for data in pipeline.publisher.published[Topic.CAMPAIGNS])


def test_the_same_run_publishes_nothing_twice() -> None:
    """The Scheduler delivers at least once."""
    pipeline = a_pipeline()
    first = pipeline.dispatch("run1")

    second = pipeline.dispatch("run1")

    assert second == first
    assert published(pipeline) == [1, 2, 3]
    assert len(pipeline.publisher.published[Topic.CONTACTS]) == 1


def test_two_dispatchers_of_one_run_do_not_get_into_each_others_way() -> None:
    """The second is told to come back."""
    pipeline = a_pipeline(crash_point=CrashPoint(kill_at=4))
    with pytest.raises(Crash):
        pipeline.dispatch("run1")

    with pytest.raises(LeaseHeld):
        pipeline.dispatch("run1")
    pipeline.clock.advance(200)

    assert pipeline.dispatch("run1").due == 3
    assert published(pipeline) == [1, 2, 3]


def test_every_campaign_is_in_the_dimension_with_all_its_counters() -> None:
    """Those that are not due too."""
    pipeline = a_pipeline()

    pipeline.dispatch("run1", campaign_ids=frozenset({2}))

    rows = pipeline.warehouse.rows(Table.CAMPAIGNS)
    assert [(row["campaign_id"], row["opens"]) for row in rows] == [(1, 30), (2, 30), (3, 30)]
    assert published(pipeline) == [2]


def test_campaigns_that_are_not_in_the_account_are_named() -> None:
    """A mistyped id is not passed over."""
    assert a_pipeline().dispatch("run1", campaign_ids=frozenset({2, 99})).unknown == [99]


def test_contacts_alone_leave_the_campaigns_and_their_status_alone() -> None:
    """An empty list of campaigns means none."""
    pipeline = a_pipeline()
    pipeline.sync("run1")
    before = status_of(pipeline)

    summary = pipeline.dispatch("run2", campaign_ids=frozenset())

    assert (summary.campaigns, summary.due, summary.published) == (0, 0, 1)
    assert status_of(pipeline) == before


def test_contacts_are_left_out_when_they_are_not_asked_for() -> None:
    """They have a schedule of their own."""
    pipeline = a_pipeline()

    pipeline.dispatch("run1", contacts=False)

    assert pipeline.publisher.published[Topic.CONTACTS] == []


def test_a_new_run_starts_counting_anew_and_says_when_the_last_one_had_not_finished(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The operator is told, in words; the campaigns themselves go on."""
    pipeline = a_pipeline()
    pipeline.dispatch("run1")
    with caplog.at_level(logging.INFO):
        pipeline.dispatch("run2")

    warnings = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
    assert warnings == ["the run before this one did not come to its end: it left 3 of 3 campaigns, which go on"]
    events = [getattr(record, "event_fields", {}).get("event") for record in caplog.records]
    assert events.count(Event.RUN_UNFINISHED) == 1
    status = status_of(pipeline)
    assert (status.run_id, status.campaigns_total, status.campaigns_completed) == ("run2", 3, 0)


def test_a_clock_that_was_wrong_is_said_once(caplog: pytest.LogCaptureFixture) -> None:
    """However many campaigns were read by it."""
    pipeline = a_pipeline()
    pipeline.clock.advance(DAY_S)
    pipeline.sync("run1")
    pipeline.clock.advance(-DAY_S)

    with caplog.at_level(logging.WARNING):
        pipeline.dispatch("run2")

    assert [message for message in caplog.messages if "a clock was wrong" in message] == [
        "a clock was wrong when 3 of 3 campaigns were stored: what that may have missed is read"
    ]


def test_a_run_that_is_dispatched_once_more_keeps_what_was_done_of_it() -> None:
    """Crash before it could say that it was done, while workers were at it already."""
    undisturbed = a_pipeline()
    undisturbed.dispatch("run1")
    pipeline = a_pipeline(crash_point=CrashPoint(kill_at=undisturbed.crash_point.operations - 1))
    with pytest.raises(Crash):
        pipeline.dispatch("run1")
    pipeline.drain()
    pipeline.clock.advance(200)

    summary = pipeline.dispatch("run1")

    status = status_of(pipeline)
    assert summary.due == 0
    assert (status.campaigns_total, status.campaigns_completed) == (3, 3)


def test_a_backfill_of_everything_goes_on_over_the_runs_until_all_is_in() -> None:
    """Somebody asks once; each run hands out as much as the budget can read until the next: one campaign here."""
    pipeline = a_pipeline(policy=Policy(lookback=timedelta(days=1), backfill_requests=1))
    pipeline.clock.advance(timedelta(days=10).total_seconds())
    asked = NOON - timedelta(days=3_000)

    pipeline.sync("run1", since=asked)
    first = {row["campaign_id"] for row in pipeline.warehouse.rows(Table.EMAIL_ACTIVITIES)}
    waiting = status_of(pipeline).backfill_since
    for run in range(2, 5):
        pipeline.sync(f"run{run}")

    assert (len(first), waiting) == (1, asked)
    assert pipeline.stored_ids() == pipeline.account_ids()
    assert status_of(pipeline).backfill_since is None
    assert [_synced_since(pipeline, campaign_id) for campaign_id in (1, 2, 3)] == [asked] * 3


def _synced_since(pipeline: PipelineHarness, campaign_id: int) -> datetime:
    checkpoint = from_document(Checkpoint, pipeline.state.documents[campaign_path(ORGANIZATION, campaign_id)])
    return from_document(SyncRecord, checkpoint.synced or {}).since


def test_a_checkpoint_that_cannot_be_read_costs_its_campaign_alone() -> None:
    """It is reported with the way out; once the document is gone, the campaign is read anew."""
    pipeline = a_pipeline()
    path = campaign_path(ORGANIZATION, 1)
    pipeline.state.documents[path] = {"status": "from another version"}

    pipeline.sync()
    (failure,) = [decode(WorkFailed, data) for data in pipeline.publisher.take(Topic.FAILURES)]
    without_it = pipeline.stored_ids()
    del pipeline.state.documents[path]
    pipeline.sync("run2")

    assert (failure.subject, path in failure.reason) == ("1", True)
    assert set() < without_it < pipeline.account_ids()
    assert pipeline.stored_ids() == pipeline.account_ids()


@pytest.mark.parametrize("name", ["synced", "progress"])
def test_what_an_earlier_sync_left_and_cannot_be_read_is_done_again(name: str) -> None:
    """The campaign is read as one that was never synced, which loses nothing."""
    pipeline = a_pipeline()
    pipeline.sync()
    document = pipeline.state.documents[campaign_path(ORGANIZATION, 1)]
    pipeline.state.documents[campaign_path(ORGANIZATION, 1)] = {**document, name: {"since": "long ago"}}
    pipeline.account.fill(1, Report.OPENS, 5, at=pipeline.clock.now())

    pipeline.sync("run2")

    assert pipeline.publisher.take(Topic.FAILURES) == []
    assert pipeline.stored_ids() == pipeline.account_ids()


def test_a_list_that_lacks_what_was_synced_is_a_failure_of_the_run() -> None:
    """As when a key loses a permission: it is asked again, said, and nothing is dropped; what is back is synced."""
    pipeline = a_pipeline(policy=Policy(lookback=timedelta(days=1)))
    pipeline.sync("run1")
    before, reports = pipeline.stored_ids(), pipeline.account.reports
    pipeline.account.reports = {}

    summary = pipeline.dispatch("run2", since=NOON - timedelta(days=3_000))
    (failure,) = [decode(WorkFailed, data) for data in pipeline.publisher.take(Topic.FAILURES)]
    pipeline.account.reports = reports
    pipeline.sync("run3")

    assert (summary.due, failure.subject) == (0, "campaigns")
    assert "lists no campaign at all, and not 3 that were synced before" in failure.reason
    assert pipeline.stored_ids() == before
    assert [_synced_since(pipeline, number) for number in (1, 2, 3)] == [NOON - timedelta(days=3_000)] * 3


@pytest.mark.parametrize("guard", [DeletionGuard(accepted=True), DeletionGuard(max_deleted_share=1)])
def test_campaigns_that_were_really_deleted_are_reported_until_that_is_accepted(guard: DeletionGuard) -> None:
    """By the option once, or by the setting for a run: the runs after it need no one to say so again."""
    pipeline = a_pipeline()
    pipeline.sync("run1")
    stored = pipeline.stored_ids()
    pipeline.account.reports = {}
    pipeline.dispatch("run2", contacts=False)
    [refused] = [decode(WorkFailed, data) for data in pipeline.publisher.take(Topic.FAILURES)]

    pipeline.policy = replace(pipeline.policy, deletions=guard)
    pipeline.dispatch("run3", contacts=False)
    pipeline.policy = replace(pipeline.policy, deletions=DeletionGuard())
    pipeline.dispatch("run4", contacts=False)

    assert "accept it with --accept-deletions (on Google Cloud: settings.max_deleted_share = 1" in refused.reason
    assert pipeline.publisher.take(Topic.FAILURES) == []
    assert pipeline.stored_ids() == stored


def test_a_campaign_that_is_listed_again_is_missed_as_any_other() -> None:
    """What was accepted was an error, or is no longer true."""
    pipeline = a_pipeline(policy=Policy(deletions=DeletionGuard(accepted=True)))
    pipeline.sync("run1", contacts=False)
    reports = pipeline.account.reports
    pipeline.account.reports = {}
    pipeline.dispatch("run2", contacts=False)
    pipeline.policy = replace(pipeline.policy, deletions=DeletionGuard())
    pipeline.account.reports = reports
    pipeline.sync("run3", contacts=False)
    accepted = pipeline.publisher.take(Topic.FAILURES)

    pipeline.account.reports = {}
    pipeline.dispatch("run4", contacts=False)

    [failure] = [decode(WorkFailed, data) for data in pipeline.publisher.take(Topic.FAILURES)]
    assert accepted == []
    assert "not 3 that were synced before" in failure.reason


def test_an_account_without_campaigns_has_lost_none() -> None:
    """Before the first sync nothing can be missing."""
    pipeline = PipelineHarness(account=FakeAccount())

    pipeline.sync("run1")

    assert pipeline.publisher.take(Topic.FAILURES) == []
