"""Changes that no counter shows when they happen: each is in the warehouse within days, not with the 30-day audit."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from sendtrail.domain.campaign import Campaign
from sendtrail.domain.campaign_report import Report, ReportPage, ReportQuery
from sendtrail.domain.timestamp_meaning import TimestampMeaning
from sendtrail.state.account_status import AccountStatus, write_status
from sendtrail.sync.due import Policy
from tests.fake_account import FakeAccount
from tests.fakes import NOON
from tests.pipeline_harness import ORGANIZATION, PipelineHarness

HOUR_S, DAY_S = 3_600, 86_400
LISTED_IN_RUN = 4 * 6
EVERYTHING = Policy(lookback=timedelta(days=3_650))


@dataclass
class AheadOfItsLists(FakeAccount):
    """An account that counts some clicks before it lists them."""

    ahead: int = 0

    def campaigns(self) -> Iterator[Campaign]:
        """Yield the campaigns with counters that run ahead."""
        for campaign in super().campaigns():
            clicks = campaign.counters["linkclicks"] + self.ahead
            yield replace(campaign, counters={**campaign.counters, "linkclicks": clicks})


def missing(pipeline: PipelineHarness) -> int:
    """Return how many rows of the account are not stored."""
    return len(pipeline.account_ids() - pipeline.stored_ids())


def test_a_click_that_is_listed_late_is_found_although_opens_go_on() -> None:
    """It is counted at once and listed two hours later, and there are new opens every six hours."""
    account = AheadOfItsLists()
    account.fill(1, Report.OPENS, 30)
    account.fill(1, Report.CLICKS, 3)
    pipeline = PipelineHarness(account=account, policy=EVERYTHING)
    pipeline.sync("first", contacts=False)
    account.ahead = 1
    pipeline.clock.advance(HOUR_S)
    clicked_at = pipeline.clock.now()
    pipeline.sync("counted", contacts=False)
    account.ahead = 0
    account.fill(1, Report.CLICKS, 1, at=clicked_at)

    for hour in range(1, 31):
        pipeline.clock.advance(HOUR_S)
        if hour % 6 == 0:
            account.fill(1, Report.OPENS, 1, at=pipeline.clock.now())
        pipeline.sync(f"hour{hour}", contacts=False)

    assert missing(pipeline) == 0


def test_an_open_that_a_deletion_hides_in_its_counter_is_found_within_days() -> None:
    """One contact is gone and another has opened: the counter stands still."""
    account = FakeAccount()
    account.fill(1, Report.OPENS, 30)
    pipeline = PipelineHarness(account=account, policy=EVERYTHING)
    pipeline.sync("first", contacts=False)
    pipeline.clock.advance(DAY_S)
    pipeline.sync("second", contacts=False)
    account.fill(1, Report.OPENS, 1, at=pipeline.clock.now())
    account.reports[1, Report.OPENS].pop()

    for day in range(1, 8):
        pipeline.clock.advance(DAY_S)
        pipeline.sync(f"day{day}", contacts=False)

    assert missing(pipeline) == 0


class NewestFirst(FakeAccount):
    """An account whose opens are read from the newest on, and no further than to what was read before."""

    def read(self, query: ReportQuery) -> Iterator[ReportPage]:
        """Yield the pages of a report."""
        if query.report is Report.OPENS:
            rows = self.reports[query.campaign_id, query.report]
            rows.sort(key=lambda row: row.activity_timestamp, reverse=True)
            recent = [row for row in rows if row.activity_timestamp >= query.since - query.slack]
            yield ReportPage(activities=recent, position=None)
            return
        yield from super().read(query)


def test_an_open_that_is_listed_days_late_is_found_although_the_campaign_never_rests() -> None:
    """It comes into the middle of the list, five days down, while there are new opens every six hours."""
    account = NewestFirst()
    account.fill(1, Report.OPENS, 30)
    pipeline = PipelineHarness(account=account, policy=EVERYTHING)
    moving = AccountStatus(
        run_id="run0",
        last_run=NOON,
        campaigns_total=1,
        timestamp_meanings={Report.OPENS: TimestampMeaning.LAST},
        timestamps_observed_at=NOON,
    )
    pipeline.state.transact(lambda transaction: write_status(transaction, ORGANIZATION, moving))
    pipeline.sync("first", contacts=False)
    found = []
    for run in range(4 * 15):
        pipeline.clock.advance(6 * HOUR_S)
        account.fill(1, Report.OPENS, 5, at=pipeline.clock.now())
        if run == LISTED_IN_RUN:
            account.fill(1, Report.OPENS, 1, at=pipeline.clock.now() - timedelta(days=5))
        pipeline.sync(f"run{run}", contacts=False)
        found += [run] * (run >= LISTED_IN_RUN and missing(pipeline) == 0)

    assert LISTED_IN_RUN < found[0] <= LISTED_IN_RUN + 4 * 7 + 1


@pytest.mark.parametrize("deleted", [15, 25, 60])
def test_rows_that_move_up_between_two_deliveries_are_found(deleted: int) -> None:
    """Contacts are deleted after the first delivery, so that the rows behind theirs move over the border of a page."""
    account = FakeAccount()
    account.fill(1, Report.BOUNCES, 200, at=NOON - timedelta(days=100))
    pipeline = PipelineHarness(account=account, policy=EVERYTHING, steps=5)
    pipeline.dispatch("first", contacts=False)
    ((topic, message),) = pipeline.waiting()
    pipeline.handle(topic, message)
    del account.reports[1, Report.BOUNCES][:deleted]
    pipeline.drain()

    for day in range(1, 3):
        pipeline.clock.advance(DAY_S)
        pipeline.sync(f"day{day}", contacts=False)

    assert missing(pipeline) == 0
