"""Counters that stand still while rows come: how that is noticed, and what is read then."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from sendtrail.domain.campaign import Campaign
from sendtrail.domain.campaign_report import Report
from sendtrail.state.stored_habits import stale_counters
from sendtrail.sync.due import Policy
from sendtrail.sync.evidence.stale_counters import DoubtedCounters, doubted_counters
from sendtrail.sync.evidence.uncounted_rows import Uncounted, latest_of, uncounted
from sendtrail.sync.settling import Settling
from sendtrail.sync.sync_record import SyncRecord
from tests.fake_account import FakeAccount, a_campaign, an_activity
from tests.fakes import NOON
from tests.pipeline_harness import ORGANIZATION, PipelineHarness
from tests.sync.checkpoints import a_sync

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
COUNTED = {"opens": 5, "uniqueopens": 5, "linkclicks": 2}
READ = a_sync(
    counters=COUNTED,
    watermarks={Report.OPENS: NOON - DAY, Report.CLICKS: NOON - DAY},
    latest={Report.OPENS: NOON - 2 * DAY, Report.CLICKS: NOON - 2 * DAY},
)


@dataclass
class Frozen(FakeAccount):
    """An account whose counters are those of the first time that they were listed."""

    shown: dict[int, Campaign] = field(default_factory=dict)

    def campaigns(self) -> Iterator[Campaign]:
        """Yield the campaigns, each with its first counters."""
        for campaign in super().campaigns():
            first = self.shown.setdefault(campaign.campaign_id, campaign)
            yield replace(campaign, counters=first.counters)


def a_day_later(pipeline: PipelineHarness, *campaigns: int, opens: int = 4) -> int:
    """Let a day pass that brings opens, sync, and return how many rows are missing then."""
    pipeline.clock.advance(DAY.total_seconds() / 2)
    for campaign_id in campaigns:
        pipeline.account.fill(campaign_id, Report.OPENS, opens, at=pipeline.clock.now())
    pipeline.clock.advance(DAY.total_seconds() / 2)
    pipeline.sync(f"at{pipeline.clock.now():%d}", contacts=False)
    return len(pipeline.account_ids() - pipeline.stored_ids())


def stale(pipeline: PipelineHarness) -> tuple[Report, ...]:
    """Return the reports whose counters are known not to follow."""
    return stale_counters(ORGANIZATION, pipeline.state, now=pipeline.clock.now())


def a_pipeline(account: FakeAccount) -> PipelineHarness:
    """Return a pipeline that has synced an account of two campaigns once."""
    for campaign_id in (1, 2):
        account.fill(campaign_id, Report.OPENS, 30)
    pipeline = PipelineHarness(account=account, policy=Policy(lookback=3_650 * DAY))
    pipeline.sync("first", contacts=False)
    return pipeline


def test_rows_go_on_coming_in_where_the_counters_stand_still() -> None:
    """The looks of the first day show it, and from then on every campaign is read daily."""
    pipeline = a_pipeline(Frozen())

    missing = [a_day_later(pipeline, 1, 2) for _ in range(6)]

    assert missing == [0] * 6
    assert stale(pipeline) == (Report.OPENS,)


def test_counters_that_move_are_relied_on() -> None:
    """Each report is read when it changed, and as often as before."""
    pipeline = a_pipeline(FakeAccount())

    missing = [a_day_later(pipeline, 1, 2) for _ in range(4)]

    assert (missing, stale(pipeline)) == ([0] * 4, ())


def test_one_row_that_a_deletion_hides_is_no_sign_of_a_frozen_counter() -> None:
    """The counter has moved, twice."""
    account = FakeAccount()
    pipeline = a_pipeline(account)
    account.reports[1, Report.OPENS].pop()

    a_day_later(pipeline, 1, opens=1)

    assert stale(pipeline) == ()


def test_what_was_seen_long_ago_is_forgotten() -> None:
    """Counters that follow again are relied on."""
    pipeline = a_pipeline(Frozen())
    a_day_later(pipeline, 1, 2)

    pipeline.clock.advance(30 * DAY.total_seconds())

    assert stale(pipeline) == ()


@pytest.mark.parametrize(
    ("ago", "count"),
    [(25 * HOUR, 0), (23 * HOUR, 0), (12 * HOUR, 1), (HOUR, 0)],
    ids=["read before", "perhaps listed late", "uncounted", "perhaps not yet counted"],
)
def test_a_row_is_uncounted_where_it_came_between_two_readings(ago: timedelta, count: int) -> None:
    """Some hours after the one, and some before the counters were listed that do not count it."""
    period = uncounted(Report.OPENS, counters=COUNTED, listed_at=NOON, synced=READ)

    assert period is not None
    assert period.count([an_activity(0, at=NOON - ago)]) == count


def test_a_day_without_a_time_proves_nothing_until_it_is_over() -> None:
    """A bounce has the midnight with which its day began: it may have come after the counters were listed."""
    bounce = replace(an_activity(0, at=NOON - 12 * HOUR), day_only=True)

    assert Uncounted(after=NOON - DAY, before=NOON).count([bounce]) == 0
    assert Uncounted(after=NOON - DAY, before=NOON + 13 * HOUR).count([bounce]) == 1


def test_times_in_a_wrong_zone_prove_nothing() -> None:
    """Rows that were seen before seem to be of later than they were read: what is later than all of them is new."""
    seen = replace(READ, latest={Report.OPENS: NOON - 16 * HOUR})

    period = uncounted(Report.OPENS, counters=COUNTED, listed_at=NOON, synced=seen)

    assert period == Uncounted(after=NOON - 16 * HOUR, before=NOON - 2 * HOUR)


@pytest.mark.parametrize(
    ("counters", "listed_at", "synced"),
    [
        (COUNTED, NOON, None),
        (COUNTED, None, READ),
        ({**COUNTED, "opens": 6}, NOON, READ),
        ({"uniqueopens": 5, "linkclicks": 2}, NOON, READ),
        (COUNTED, NOON, replace(READ, latest={})),
        (
            COUNTED,
            NOON,
            replace(READ, settling={Report.OPENS: Settling(changed_at=NOON, read_at=NOON, failed="refused")}),
        ),
    ],
    ids=["first reading", "message of an earlier version", "moved", "unknown", "nothing seen before", "it failed"],
)
def test_otherwise_no_row_is_uncounted(
    counters: dict[str, int], listed_at: datetime | None, synced: SyncRecord | None
) -> None:
    """Counters that moved, or that nothing can be compared with."""
    assert uncounted(Report.OPENS, counters=counters, listed_at=listed_at, synced=synced) is None


def test_a_row_of_the_far_future_hides_no_others() -> None:
    """It is an error of the account's, and would be the latest for good."""
    rows = [an_activity(0, at=NOON), an_activity(0, at=NOON + 400 * DAY)]

    assert latest_of(rows, known=NOON - DAY, now=NOON) == NOON


def doubted(record: SyncRecord, *, stale: tuple[Report, ...] = (), **counters: int) -> DoubtedCounters:
    """Return what is doubted of an account of one campaign."""
    campaign = replace(a_campaign(1), counters={**COUNTED, **counters})
    campaign = replace(campaign, sent_at=NOON - 100 * DAY, last_sent_at=None)
    return doubted_counters([(campaign, record)], stale=stale, settle=DAY, now=NOON)


def test_counters_that_move_anywhere_are_not_still() -> None:
    """Now, or at a sync of the day before now."""
    settling = {Report.CLICKS: Settling(changed_at=NOON - 23 * HOUR, read_at=NOON)}

    assert Report.OPENS not in doubted(READ, opens=6).still
    assert Report.CLICKS not in doubted(replace(READ, settling=settling)).still
    assert {Report.OPENS, Report.CLICKS} <= set(doubted(READ).still)


@pytest.mark.parametrize(("quiet_days", "read_days", "is_due"), [(1, 1, True), (20, 1, False), (20, 2, True)])
def test_reports_without_reliable_counters_are_read_as_often_as_something_happens(
    quiet_days: int, read_days: int, *, is_due: bool
) -> None:
    """Daily, or after a tenth of the time for which nothing did."""
    record = replace(
        READ,
        watermarks=dict.fromkeys(Report, NOON - read_days * DAY),
        latest={Report.OPENS: NOON - quiet_days * DAY},
    )

    found = doubted(record, stale=(Report.OPENS,)).due.get(1, ())

    assert (Report.OPENS in found) is is_due


@pytest.mark.parametrize(("days", "is_due"), [(6, False), (8, True)])
def test_where_nothing_was_read_for_a_week_one_campaign_is(days: int, *, is_due: bool) -> None:
    """Otherwise nobody would notice that all counters of an account stand still."""
    record = replace(READ, watermarks=dict.fromkeys(Report, NOON - days * DAY))

    assert (Report.OPENS in doubted(record).due.get(1, ())) is is_due


def test_others_that_stand_still_are_doubted_as_well() -> None:
    """Where the opens do not follow, nobody relies on clicks that do not move."""
    assert {Report.OPENS, Report.CLICKS} <= set(doubted(READ, stale=(Report.OPENS,)).due[1])
    assert doubted(READ, stale=(Report.OPENS,), linkclicks=3).due[1] == (Report.OPENS,)
