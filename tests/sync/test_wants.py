"""What somebody asked for is kept until it is done, whatever becomes of the messages that carry it."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from sendtrail.delivery.checkpoint import Checkpoint, Status
from sendtrail.delivery.deliver import Outcome
from sendtrail.domain.campaign_report import Report, ReportPage, ReportQuery
from sendtrail.domain.messages import Reason, SyncCampaign, WorkFailed, decode, encode
from sendtrail.domain.wants import StillWanted, Wants
from sendtrail.errors import KeyRefused, Rejected, Retryable, SendtrailError, Unavailable
from sendtrail.ports import Topic
from sendtrail.state.account_status import AccountStatus
from sendtrail.state.documents import account_path, campaign_path, from_document, to_document, wants_path
from sendtrail.state.stored_wants import read_wants, withdraw_wants
from sendtrail.sync.campaign_checkpoints import close_wants
from sendtrail.sync.due import Policy, Request, due
from sendtrail.sync.progress.campaign_progress import CampaignProgress, can_resume
from sendtrail.sync.read_window import DEFAULT_OVERLAP, read_window
from sendtrail.sync.settling import Settling
from sendtrail.warehouse.rows import Table
from tests.fake_account import FakeAccount, a_campaign
from tests.fakes import NOON
from tests.pipeline_harness import ORGANIZATION, PipelineHarness
from tests.sync.checkpoints import a_checkpoint, a_sync

HOUR_S = 3_600
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
A_PORTION = Policy(lookback=timedelta(hours=9), backfill_requests=1)


def a_pipeline(campaigns: int = 1, opens: int = 130, **options: object) -> PipelineHarness:
    """Return a pipeline of campaigns with more history than a first sync reads."""
    account = FakeAccount()
    for campaign_id in range(1, campaigns + 1):
        account.fill(campaign_id, Report.OPENS, opens)
    given = {"policy": Policy(lookback=timedelta(hours=1)), **options}
    return PipelineHarness(account=account, **given)  # type: ignore[arg-type]


def wants_of(pipeline: PipelineHarness) -> Wants:
    """Return what is wanted of the account."""
    return pipeline.state.transact(lambda transaction: read_wants(transaction, ORGANIZATION))


def status_of(pipeline: PipelineHarness) -> AccountStatus:
    """Return what the operator looks at."""
    return from_document(AccountStatus, pipeline.state.documents[account_path(ORGANIZATION)])


def hourly(pipeline: PipelineHarness, runs: int = 1) -> list[Outcome]:
    """Run the pipeline as its schedule does, without any option, and return how the deliveries ended."""
    outcomes = []
    for _ in range(runs):
        pipeline.clock.advance(HOUR_S)
        outcomes += pipeline.sync(f"hourly-{pipeline.clock.now():%d-%H}", contacts=False)
    return outcomes


def messages(waiting: list[tuple[Topic, bytes]]) -> list[SyncCampaign]:
    """Return the messages of campaigns."""
    return [decode(SyncCampaign, data) for _, data in waiting]


@contextmanager
def failing(account: FakeAccount, error: SendtrailError) -> Iterator[None]:
    """Let the account answer every request for a report with an error."""

    def refuse(query: ReportQuery) -> Iterator[ReportPage]:  # noqa: ARG001
        yield from ()
        raise error

    account.read = refuse  # type: ignore[method-assign]
    try:
        yield
    finally:
        del account.read


def lose(pipeline: PipelineHarness) -> None:
    """Have the messages purged, or given up unseen."""
    pipeline.waiting()


def dead_letter(pipeline: PipelineHarness) -> None:
    """Have every delivery fail to the last."""
    with failing(pipeline.account, Unavailable("the account is down")):
        for topic, data in pipeline.waiting():
            for _ in range(6):
                with suppress(Retryable):
                    pipeline.handle(topic, data)
                pipeline.clock.advance(600)


def refuse_the_key(pipeline: PipelineHarness) -> None:
    """Have the key refused, which no redelivery would change."""
    with failing(pipeline.account, KeyRefused("the account does not accept the API key")):
        assert {pipeline.handle(topic, data) for topic, data in pipeline.waiting()} == {Outcome.FAILED}


def reject_the_reports(pipeline: PipelineHarness) -> None:
    """Have every report refused, while the rest of the campaign goes on."""
    with failing(pipeline.account, Rejected("the report cannot be read")):
        assert {pipeline.handle(topic, data) for topic, data in pipeline.waiting()} == {Outcome.INCOMPLETE}


MISHAPS = [lose, dead_letter, refuse_the_key, reject_the_reports]


@pytest.mark.parametrize("mishap", MISHAPS)
@pytest.mark.parametrize("asked", [{"since": LONG_AGO}, {"since": LONG_AGO, "force": True}], ids=["since", "force"])
@pytest.mark.parametrize("is_first", [True, False], ids=["never synced", "synced before"])
def test_what_was_asked_for_is_done_by_the_next_ordinary_runs(
    *, mishap: Callable[[PipelineHarness], None], asked: dict[str, object], is_first: bool
) -> None:
    """Whatever became of the messages; after that nothing is wanted any more, and nothing goes out for it."""
    pipeline = a_pipeline(campaigns=2, opens=0)
    for campaign_id in (1, 2):
        pipeline.account.fill(campaign_id, Report.OPENS, 90, at=NOON - timedelta(days=20))
        pipeline.account.fill(campaign_id, Report.OPENS, 90)
    if not is_first:
        hourly(pipeline)
    pipeline.dispatch("person", contacts=False, **asked)

    mishap(pipeline)
    hourly(pipeline, runs=2)

    assert pipeline.stored_ids() == pipeline.account_ids()
    assert wants_of(pipeline).is_empty
    assert status_of(pipeline).backfill_since is None
    assert hourly(pipeline) == []


def test_what_is_asked_for_is_stored_before_the_account_is_asked() -> None:
    """A refused key, while the campaigns are being listed: the person mends it, and the schedule does the rest."""
    pipeline = a_pipeline()
    hourly(pipeline)

    def refuse() -> Iterator[object]:
        raise KeyRefused("the account does not accept the API key")

    pipeline.account.campaigns = refuse  # type: ignore[assignment,method-assign]
    with pytest.raises(KeyRefused):
        pipeline.dispatch("person", contacts=False, since=LONG_AGO)
    del pipeline.account.campaigns
    hourly(pipeline)

    assert pipeline.stored_ids() == pipeline.account_ids()


def test_a_force_of_the_whole_account_goes_on_in_portions_until_all_is_read_again() -> None:
    """One campaign a run here; what was lost from the warehouse is back at the end, and each is read again once."""
    pipeline = a_pipeline(campaigns=3, opens=30, policy=A_PORTION)
    hourly(pipeline)
    pipeline.warehouse.tables[Table.EMAIL_ACTIVITIES].clear()
    pipeline.dispatch("person", contacts=False, force=True)
    first = messages(pipeline.waiting())

    pipeline.account.queries.clear()
    hourly(pipeline, runs=5)

    assert [message.reason for message in first] == [Reason.FORCED]
    assert len(pipeline.stored_ids()) == 3 * 30
    assert len([query for query in pipeline.account.queries if query.report is Report.OPENS]) == 3
    assert wants_of(pipeline).is_empty


@pytest.mark.parametrize("force", [True, False])
def test_two_messages_of_one_sequence_end_with_what_the_second_asked_for(*, force: bool) -> None:
    """The first is done, so the second is known as a duplicate: the want is still there."""
    pipeline = a_pipeline()
    hourly(pipeline)
    pipeline.clock.advance(HOUR_S)
    pipeline.account.fill(1, Report.OPENS, 1)
    pipeline.dispatch("hourly", contacts=False)
    first = pipeline.waiting()
    pipeline.dispatch("person", contacts=False, since=LONG_AGO, force=force)
    second = pipeline.waiting()

    outcomes = [pipeline.handle(topic, data) for topic, data in first + second]
    hourly(pipeline)

    assert outcomes == [Outcome.DONE, Outcome.STALE]
    assert pipeline.stored_ids() == pipeline.account_ids()


def test_campaigns_that_were_named_are_wanted_too_and_no_others() -> None:
    """Their messages are lost; the next runs go on with them as with any backfill."""
    pipeline = a_pipeline(campaigns=3)
    hourly(pipeline)
    pipeline.dispatch("person", contacts=False, since=LONG_AGO, campaign_ids=frozenset({2, 99}))
    lose(pipeline)

    pipeline.clock.advance(HOUR_S)
    summary = pipeline.dispatch("next", contacts=False)
    (message,) = messages(pipeline.waiting())

    assert (message.campaign_id, message.since, message.backfill) == (2, LONG_AGO, True)
    assert summary.still_wanted == [StillWanted(since=LONG_AGO, again=False, campaigns=1)]


def test_two_asks_end_with_what_fulfils_both() -> None:
    """Further back, and all of it again; the same ask once more adds nothing."""
    pipeline = a_pipeline()
    hourly(pipeline)
    pipeline.dispatch("first", contacts=False, force=True)
    pipeline.dispatch("second", contacts=False, since=LONG_AGO)
    pipeline.dispatch("second-again", contacts=False, since=LONG_AGO + timedelta(days=1))
    lose(pipeline)
    pipeline.clock.advance(HOUR_S)

    pipeline.dispatch("next", contacts=False)
    (message,) = messages(pipeline.waiting())

    assert (message.reason, message.since) == (Reason.FORCED, LONG_AGO)


def test_an_interrupted_forced_read_goes_on_in_the_next_run() -> None:
    """It is not begun anew each time: a large campaign would never come to its end."""
    pipeline = a_pipeline(opens=200, steps=8)
    hourly(pipeline)
    pipeline.dispatch("person", contacts=False, since=LONG_AGO, force=True)
    ((topic, data),) = pipeline.waiting()
    pipeline.handle(topic, data)
    lose(pipeline)  # the continuation
    pipeline.account.queries.clear()

    hourly(pipeline)

    assert min(query.position.page for query in pipeline.account.queries if query.report is Report.OPENS) > 1
    assert pipeline.stored_ids() == pipeline.account_ids()
    assert wants_of(pipeline).is_empty or hourly(pipeline) == []


def test_withdrawn_wants_are_not_read_any_more_whatever_is_still_under_way() -> None:
    """A typing error, 2000 for 2025: messages in the queue and continuations stop, what is in stays, changes go on."""
    pipeline = a_pipeline(campaigns=2, opens=300, steps=4)
    hourly(pipeline)
    pipeline.dispatch("person", contacts=False, since=LONG_AGO)
    (under_way, queued) = pipeline.waiting()
    assert pipeline.handle(*under_way) is Outcome.CONTINUED
    (continuation,) = pipeline.waiting()
    stored = pipeline.stored_ids()

    withdrawn = withdraw_wants(pipeline.state, ORGANIZATION)
    stopped = [pipeline.handle(*message) for message in (continuation, queued, under_way)]
    pipeline.account.fill(1, Report.OPENS, 1, at=pipeline.clock.now())
    later = hourly(pipeline, runs=3)

    assert not withdrawn.is_empty
    assert stopped == [Outcome.WITHDRAWN, Outcome.WITHDRAWN, Outcome.STALE]
    assert later.count(Outcome.DONE) == 1
    assert len(pipeline.stored_ids()) == len(stored) + 1
    assert wants_of(pipeline).is_empty
    assert status_of(pipeline).backfill_since is None


def test_a_worker_that_reads_withdrawn_history_stops_at_its_hand_over() -> None:
    """What it has read is merged; nothing is published."""
    pipeline = a_pipeline(opens=300, steps=4)
    hourly(pipeline)
    pipeline.dispatch("person", contacts=False, since=LONG_AGO)
    ((topic, data),) = pipeline.waiting()
    read, before = pipeline.account.read, pipeline.stored_ids()

    def withdrawing(query: ReportQuery) -> Iterator[ReportPage]:
        withdraw_wants(pipeline.state, ORGANIZATION)
        return read(query)

    pipeline.account.read = withdrawing  # type: ignore[method-assign]
    outcome = pipeline.handle(topic, data)

    assert outcome is Outcome.WITHDRAWN
    assert before < pipeline.stored_ids() < pipeline.account_ids()
    assert pipeline.waiting() == []
    checkpoint = from_document(Checkpoint, pipeline.state.documents[campaign_path(ORGANIZATION, 1)])
    assert (checkpoint.status, checkpoint.progress, checkpoint.lease) == (Status.DONE, None, None)
    status = status_of(pipeline)
    assert (status.campaigns_completed, status.campaigns_total) == (1, 1)


def test_the_first_sync_of_a_campaign_whose_history_was_withdrawn_reads_the_default() -> None:
    """It was under way, back to the year 2000; now it begins anew, an hour back."""
    pipeline = a_pipeline(opens=300, steps=4)
    pipeline.dispatch("person", contacts=False, since=LONG_AGO)
    ((topic, data),) = pipeline.waiting()
    pipeline.handle(topic, data)
    withdraw_wants(pipeline.state, ORGANIZATION)
    lose(pipeline)

    pipeline.dispatch("next", contacts=False)
    (message,) = messages(pipeline.waiting())
    outcome = pipeline.handle(topic, encode(message))

    assert (message.backfill, message.wanted_at) == (False, None)
    assert message.since == NOON - timedelta(hours=1)
    assert outcome in (Outcome.DONE, Outcome.CONTINUED)
    assert pipeline.drain()[-1:] in ([], [Outcome.DONE])
    assert len(pipeline.stored_ids()) < 150


def test_what_is_wanted_again_after_it_was_withdrawn_is_done() -> None:
    """Even by a clock that was set back by a year in between."""
    pipeline = a_pipeline()
    hourly(pipeline)
    pipeline.dispatch("person", contacts=False, since=LONG_AGO)
    withdraw_wants(pipeline.state, ORGANIZATION)
    pipeline.clock.advance(-365 * 24 * HOUR_S)

    pipeline.dispatch("person-again", contacts=False, since=LONG_AGO)
    pipeline.drain()

    assert pipeline.stored_ids() == pipeline.account_ids()


def test_an_older_versions_backfill_is_a_want() -> None:
    """It stored `backfill_since` in the account's status, and knows nothing else."""
    pipeline = a_pipeline()
    hourly(pipeline)
    path = account_path(ORGANIZATION)
    pipeline.state.documents[path] = {**pipeline.state.documents[path], "backfill_since": LONG_AGO}

    pipeline.clock.advance(HOUR_S)
    pipeline.dispatch("next", contacts=False)
    lose(pipeline)
    is_shown = status_of(pipeline).backfill_since == LONG_AGO  # for the older version, should it come back
    hourly(pipeline, runs=2)

    assert is_shown
    assert pipeline.stored_ids() == pipeline.account_ids()
    assert wants_of(pipeline).is_empty
    assert status_of(pipeline).backfill_since is None


def test_a_want_ends_when_the_warehouse_holds_it_without_waiting_for_a_run() -> None:
    """On one machine the next run may be a week away, with new campaigns that nobody meant."""
    pipeline = a_pipeline()
    pipeline.sync("person", contacts=False, since=LONG_AGO)

    left = close_wants(ORGANIZATION, pipeline.state)

    assert left.is_empty
    assert wants_of(pipeline).is_empty


def test_an_empty_list_of_campaigns_ends_no_want() -> None:
    """It is a hiccup of the account sooner than an account without campaigns."""
    pipeline = a_pipeline()
    reports, pipeline.account.reports = pipeline.account.reports, {}
    pipeline.sync("person", contacts=False, since=LONG_AGO)
    pipeline.account.reports = reports

    hourly(pipeline)

    assert pipeline.stored_ids() == pipeline.account_ids()


def test_a_campaign_that_is_gone_is_wanted_no_more_and_that_is_said(caplog: pytest.LogCaptureFixture) -> None:
    """Nothing could ever fulfil it."""
    pipeline = a_pipeline(campaigns=2)
    pipeline.dispatch("person", contacts=False, since=LONG_AGO)
    lose(pipeline)
    del pipeline.account.reports[2, Report.OPENS]

    with caplog.at_level(logging.WARNING):
        hourly(pipeline, runs=2)

    assert "campaign 2 is not in the account" in caplog.text
    assert wants_of(pipeline).is_empty


def test_a_report_that_cannot_be_read_keeps_its_want_open_without_reading_the_rest_again() -> None:
    """The clicks fail in every run: they alone are asked for, and what is wanted of the campaign stays listed."""
    pipeline = a_pipeline(opens=60)
    pipeline.account.fill(1, Report.CLICKS, 30)
    read = pipeline.account.read

    def without_clicks(query: ReportQuery) -> Iterator[ReportPage]:
        if query.report is Report.CLICKS:
            raise Rejected("the clicks cannot be read")
        yield from read(query)

    pipeline.account.read = without_clicks  # type: ignore[method-assign]
    pipeline.sync("person", contacts=False, since=LONG_AGO, force=True)
    pipeline.account.queries.clear()
    outcomes = hourly(pipeline, runs=2)
    is_open = not wants_of(pipeline).is_empty
    asked_again = {query.report for query in pipeline.account.queries}
    pipeline.account.read = read  # type: ignore[method-assign]
    hourly(pipeline, runs=2)

    assert (outcomes, asked_again, is_open) == ([Outcome.INCOMPLETE] * 2, set(), True)
    assert pipeline.stored_ids() == pipeline.account_ids()
    assert wants_of(pipeline).is_empty


def test_wants_that_cannot_be_read_are_reported_and_cost_no_changes() -> None:
    """Whoever asks for something is told, with the way out."""
    pipeline = a_pipeline()
    pipeline.state.documents[wants_path(ORGANIZATION)] = {"wants": "all of it"}

    outcomes = hourly(pipeline)
    (failure,) = [decode(WorkFailed, data) for data in pipeline.publisher.take(Topic.FAILURES)]

    assert outcomes == [Outcome.DONE]
    assert wants_path(ORGANIZATION) in failure.reason
    with pytest.raises(Rejected, match="ask again"):
        pipeline.dispatch("person", contacts=False, since=LONG_AGO)


def test_a_run_that_is_dispatched_again_asks_once() -> None:
    """The dispatcher died after it had stored what was asked for; what was read again since is not read once more."""
    pipeline = a_pipeline()
    hourly(pipeline)
    pipeline.dispatch("person", contacts=False, force=True)
    pipeline.drain()
    pipeline.state.documents = {
        path: document for path, document in pipeline.state.documents.items() if path != "runs/person"
    }

    summary = pipeline.dispatch("person", contacts=False, force=True)

    assert (summary.due, wants_of(pipeline).is_empty) == (0, True)


def test_a_message_of_an_older_version_forces_its_own_run_alone() -> None:
    """It carries no moment of asking, so it begins anew, and leaves the want to a message that has one."""
    pipeline = a_pipeline()
    hourly(pipeline)
    pipeline.dispatch("person", contacts=False, since=LONG_AGO, force=True)
    ((topic, data),) = pipeline.waiting()
    old = replace(decode(SyncCampaign, data), wanted_at=None)

    outcomes = [pipeline.handle(topic, encode(old)), *hourly(pipeline)]

    assert outcomes == [Outcome.DONE, Outcome.DONE]
    assert hourly(pipeline) == []


def test_a_checkpoint_of_an_older_version_reads_as_before() -> None:
    """What is new in it is left out by older code, and absent in what that wrote."""
    pipeline = a_pipeline()
    hourly(pipeline)
    path = campaign_path(ORGANIZATION, 1)
    document = to_document(from_document(Checkpoint, pipeline.state.documents[path]))
    synced = {name: value for name, value in document["synced"].items() if name != "forced_at"}
    pipeline.state.documents[path] = {
        name: value for name, value in {**document, "synced": synced}.items() if name != "wanted_at"
    }

    pipeline.sync("person", contacts=False, since=LONG_AGO)

    assert pipeline.stored_ids() == pipeline.account_ids()


def test_a_report_that_failed_is_read_as_far_back_as_was_wanted() -> None:
    """The record says that the campaign was read back to 2000: of this report that is not so."""
    settling = {Report.OPENS: Settling(changed_at=NOON, read_at=NOON, failed="it could not be read")}
    synced = a_sync(since=LONG_AGO, watermarks={Report.OPENS: NOON}, settling=settling)
    due_campaigns = due(
        [a_campaign(1, opens=5)],
        checkpoints={1: a_checkpoint(synced)},
        request=Request(organization_id=ORGANIZATION, run_id="next"),
        policy=Policy(),
        now=NOON,
    )

    (message,) = (each.message for each in due_campaigns)
    window = read_window(Report.OPENS, message, synced, since=LONG_AGO, now=NOON, overlap=DEFAULT_OVERLAP)

    assert (window.since, window.full_overlap) == (LONG_AGO, True)


@pytest.mark.parametrize(
    ("progress", "expected"),
    [
        ({"reason": Reason.FORCED, "wanted_at": NOON}, True),
        ({"reason": Reason.FORCED, "wanted_at": NOON + timedelta(days=1)}, True),
        ({"reason": Reason.FORCED, "wanted_at": NOON - timedelta(days=1)}, False),
        ({"reason": Reason.FORCED, "wanted_at": None}, False),
        ({"reason": Reason.CHANGED, "wanted_at": None}, False),
        ({"reason": Reason.EXTENDED, "wanted_at": NOON}, False),
    ],
    ids=["of this ask", "of a later one", "of an earlier one", "of an older version", "of changes", "of history"],
)
def test_a_forced_read_goes_on_with_what_began_after_it_was_asked_for(
    progress: dict[str, object], *, expected: bool
) -> None:
    """Anything else has read rows that were to be read again."""
    begun = CampaignProgress(
        run_id="before",
        started_at=NOON,
        since=LONG_AGO,
        counters={},
        units=[],
        **progress,  # type: ignore[arg-type]
    )
    message = SyncCampaign(
        organization_id=ORGANIZATION,
        campaign_id=1,
        campaign_name="",
        split=False,
        run_id="next",
        sequence=2,
        reason=Reason.FORCED,
        since=None,
        counters={},
        wanted_at=NOON,
    )

    assert can_resume(begun, message) is expected
