"""Counters of zero that are not true: who asks for everything gets the rows, and the account is remembered."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from sendtrail.domain.campaign import Campaign
from sendtrail.domain.campaign_report import FED_BY, Report
from sendtrail.sync.evidence.false_zeros import DOUBTED_FOR, SAMPLE, sampled, without_false_zeros
from sendtrail.sync.read_window import ALL_TIME
from tests.fake_account import FakeAccount, a_campaign
from tests.fakes import NOON
from tests.pipeline_harness import PipelineHarness
from tests.sync.checkpoints import DAY, a_checkpoint, a_sync


@dataclass
class DenyingAccount(FakeAccount):
    """An account whose counter of unsubscriptions stands at zero."""

    def campaigns(self) -> Iterator[Campaign]:
        """Yield the campaigns."""
        for each in super().campaigns():
            yield replace(each, counters={**each.counters, "unsubscribes": 0})


def a_pipeline(campaigns: int = 1) -> PipelineHarness:
    """Return a pipeline of campaigns with opens, and unsubscriptions that no counter shows."""
    account = DenyingAccount()
    for number in range(1, campaigns + 1):
        account.fill(number, Report.OPENS, 30)
        account.fill(number, Report.UNSUBSCRIBES, 3)
    return PipelineHarness(account=account)


def queried(pipeline: PipelineHarness) -> set[int]:
    """Return the campaigns whose unsubscriptions were asked for, and forget all queries."""
    found = {each.campaign_id for each in pipeline.account.queries if each.report is Report.UNSUBSCRIBES}
    pipeline.account.queries.clear()
    return found


def test_who_asks_for_everything_gets_what_no_counter_shows() -> None:
    """At the first sync already, of each campaign."""
    pipeline = a_pipeline(campaigns=SAMPLE + 2)

    pipeline.sync("run1", since=ALL_TIME)

    assert pipeline.stored_ids() == pipeline.account_ids()


def test_the_first_sync_of_an_account_looks_behind_some_zeros() -> None:
    """Where one was false, none of that report is believed any more, and all are read within a day."""
    pipeline = a_pipeline(campaigns=SAMPLE + 2)

    pipeline.sync("run1")
    sample = queried(pipeline)
    pipeline.clock.advance(DAY.total_seconds())
    pipeline.sync("run2")

    assert len(sample) == SAMPLE
    assert queried(pipeline) >= set(range(1, SAMPLE + 3)) - sample
    assert pipeline.stored_ids() == pipeline.account_ids()


def test_the_sample_is_of_the_campaigns_that_were_sent_to_most() -> None:
    """Each report for itself, and none that was never sent."""
    sizes = {1: 10, 2: 500, 3: 20, 4: 400, 5: 300}
    campaigns = [a_campaign(number, send_amt=size, opens=5, unsubscribes=0) for number, size in sizes.items()]
    campaigns[1] = replace(campaigns[1], counters={**campaigns[1].counters, "unsubscribes": 3})

    found = sampled(campaigns)

    assert {number for number, reports in found.items() if Report.UNSUBSCRIBES in reports} == {3, 4, 5}
    assert not any(Report.OPENS in reports for reports in found.values())


def test_a_zero_of_opens_beside_clicks_is_not_believed() -> None:
    """Whoever clicks has opened; of a campaign without either, nothing contradicts it."""
    zeros = dict.fromkeys(FED_BY[Report.OPENS], 0)
    clicked, quiet = (
        replace(a_campaign(number), counters={**zeros, "linkclicks": clicks}) for number, clicks in ((1, 3), (2, 0))
    )

    found = without_false_zeros([clicked, quiet], {3: a_checkpoint()}, now=NOON)

    assert [each.counters.get("uniqueopens") for each in found] == [None, 0]


def test_an_audit_finds_it_and_from_then_on_the_zeros_of_the_report_are_not_believed() -> None:
    """Not of another campaign either, which is read as one whose counter is unknown."""
    pipeline = PipelineHarness(account=(account := DenyingAccount()))
    account.fill(1, Report.OPENS, 30)
    pipeline.sync("run1")
    account.fill(1, Report.UNSUBSCRIBES, 3)
    pipeline.clock.advance(timedelta(days=30).total_seconds())
    pipeline.sync("run2")
    after_the_audit = pipeline.stored_ids() == pipeline.account_ids()
    account.fill(2, Report.OPENS, 3, at=pipeline.clock.now())
    account.fill(2, Report.UNSUBSCRIBES, 2, at=pipeline.clock.now())

    pipeline.sync("run3")

    assert after_the_audit
    assert pipeline.stored_ids() == pipeline.account_ids()


@pytest.mark.parametrize(
    ("age", "opens", "is_known"), [(DAY, 5, False), (DOUBTED_FOR + DAY, 5, True), (DOUBTED_FOR + DAY, 6, False)]
)
def test_only_campaigns_that_are_alive_are_read_for_it(age: timedelta, opens: int, is_known: bool) -> None:
    """A report whose counter is unknown is read each day: of old campaigns that would be thousands."""
    campaign = replace(
        a_campaign(1, opens=opens, unsubscribes=0, hardbounces=0, softbounces=0),
        sent_at=NOON - age,
        last_sent_at=NOON - age,
    )
    checkpoints = {1: a_checkpoint(), 2: a_checkpoint(a_sync(false_zeros=[Report.UNSUBSCRIBES]))}

    (found,) = without_false_zeros([campaign], checkpoints, now=NOON)

    assert ("unsubscribes" in found.counters) is is_known
    assert found.counters["hardbounces"] == 0
