"""Counters of zero that are not true: who asks for everything gets the rows, and the account is remembered."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from sendtrail.domain.campaign import Campaign
from sendtrail.domain.campaign_report import Report
from sendtrail.sync.evidence.false_zeros import DOUBTED_FOR, without_false_zeros
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


def a_pipeline() -> PipelineHarness:
    """Return a pipeline of a campaign with opens, and unsubscriptions that no counter shows."""
    account = DenyingAccount()
    account.fill(1, Report.OPENS, 30)
    account.fill(1, Report.UNSUBSCRIBES, 3)
    return PipelineHarness(account=account)


def test_who_asks_for_everything_gets_what_no_counter_shows() -> None:
    """At the first sync already; an ordinary one believes the zero, as nearly every zero is true."""
    ordinary, asked = a_pipeline(), a_pipeline()

    ordinary.sync("run1")
    asked.sync("run1", since=ALL_TIME)

    assert Report.UNSUBSCRIBES not in {each.report for each in ordinary.account.queries}
    assert asked.stored_ids() == asked.account_ids()


def test_an_audit_finds_it_and_from_then_on_the_zeros_of_the_report_are_not_believed() -> None:
    """Not of another campaign either, which is read as one whose counter is unknown."""
    pipeline = a_pipeline()
    pipeline.sync("run1")
    pipeline.clock.advance(timedelta(days=30).total_seconds())
    pipeline.sync("run2")
    after_the_audit = pipeline.stored_ids() == pipeline.account_ids()
    pipeline.account.fill(2, Report.OPENS, 3, at=pipeline.clock.now())
    pipeline.account.fill(2, Report.UNSUBSCRIBES, 2, at=pipeline.clock.now())

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
