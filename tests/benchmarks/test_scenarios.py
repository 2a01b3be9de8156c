"""Each scenario in a tiny size: it measures what it says, on a simulator and a sync of their own processes."""

from contextlib import ExitStack
from typing import Literal

import pytest

from benchmarks import (
    bare_load,
    budget,
    conversion_memory,
    daily_delta,
    memory,
    quiet_day,
    real_days,
    scale,
    small_campaigns,
)
from benchmarks.account import simulated
from benchmarks.daily_delta import Day
from benchmarks.scale import account_options, by_turns
from sendtrail.domain.messages import Reason, SyncCampaign
from sendtrail.simulator import CampaignPlan

ONE_CAMPAIGN = {"campaigns": 1, "openers": 70, "kinds": "ordinary", "links": 1}


def test_the_simulator_is_measured_by_the_answers_it_gave() -> None:
    """Every request of the bare load is a page of opens, and they are counted on both sides."""
    assert bare_load.answers_per_second(requests=8) > 0


def test_the_budget_is_measured_over_a_whole_sync() -> None:
    """Reports and contacts count, from the first request to the last."""
    seen = budget.of_workers(2, sizes=ONE_CAMPAIGN)

    assert seen.pace.requests > 10
    assert seen.pace.refused == 0
    assert seen.pace.most_in_one_second <= budget.RATE
    assert seen.processor_ms > 0


def test_the_sequential_reader_asks_for_each_page_of_opens_once() -> None:
    """The list of campaigns, four pages of opens, and the answer that says that there are no more."""
    seen = budget.of_sequential_reader(sizes=ONE_CAMPAIGN)

    assert seen.requests == 1 + 4 + 1


def test_the_sequential_reader_ends_in_time() -> None:
    """It is stopped after a while: its pace is the same from beginning to end."""
    seen = budget.of_sequential_reader(sizes=ONE_CAMPAIGN, seconds=0.0)

    assert seen.requests == 2


@pytest.mark.parametrize("still", [(), ("open", "click")])
def test_a_day_is_read_by_its_news(
    still: tuple[Literal["open", "click"], ...],
) -> None:
    """Two of twenty campaigns have news: hardly more is asked for than what is new, and far less than everything."""
    sizes = {"campaigns": 20, "openers": 400, "skew": 0, "days": 60, "newest_days": 20}

    seen = daily_delta.delta(sizes, Day(campaigns=2, events=600), still)

    assert seen.stored > 5_000
    assert 300 < seen.new <= 600 + 2
    assert seen.fewest <= seen.requests < seen.everything / 4


@pytest.mark.parametrize("still", [(), ("open", "click")])
def test_a_day_of_syncs_takes_what_is_new_and_little_more(still: tuple[Literal["open", "click"], ...]) -> None:
    """Four syncs of two campaigns: the fewest count every kind of request that was made."""
    sizes = [CampaignPlan(openers=200, bounces=30, unsubscribes=25, sent_days_ago=3) for _ in range(2)]
    small = real_days.Activity(name="small", sizes=sizes, events=lambda _, __: 400)

    seen = real_days.week(small, still, days=1, warm_up_days=1)

    assert seen.fewest.campaigns == seen.by_endpoint["/api/3/campaigns"] == 4
    assert seen.fewest.click == seen.by_endpoint["campaign_report_link_list"] == 8
    assert (seen.fewest.grown > 0) is bool(still)
    assert seen.fewest.requests <= seen.fewest.requests_without_foresight <= seen.requests < 2 * seen.fewest.requests


def test_a_quiet_day_takes_the_campaigns_and_the_contacts() -> None:
    """130 campaigns are two requests; no report is read."""
    stats = quiet_day.quiet_day(campaigns=130)

    assert stats.by_endpoint["/api/3/campaigns"] == 2
    assert stats.by_endpoint.keys() == {"/api/3/campaigns", *quiet_day.CONTACT_ENDPOINTS}


def test_each_small_campaign_takes_a_page() -> None:
    """One request for the list, and one a campaign, as each has one page with something new."""
    seen = small_campaigns.small_campaigns(campaigns=4).pace

    assert (seen.requests, seen.refused) == (1 + 4, 0)


def test_memory_is_that_of_the_sync() -> None:
    """A whole Python process with DuckDB in it takes more than some MiB and less than some GiB."""
    ballast = b"\1" * (1_000 * 2**20)  # of this process, which is not counted

    assert 30 < memory.peak_mib(openers=50) < 1_000
    del ballast


def test_the_backlog_of_all_accounts_is_worked_off() -> None:
    """Each account is asked for all that it has, by any number of workers."""
    with ExitStack() as stack:
        sizes = {**ONE_CAMPAIGN, "openers": 30}
        accounts = [stack.enter_context(simulated(account_options(seed, sizes))) for seed in (1, 2)]
        took = scale.seconds(accounts, workers=2)
        asked = [account.stats().by_endpoint["campaign_report_open_list"] for account in accounts]

    assert took > 0
    assert asked[0] == asked[1] >= 2


def test_accounts_take_turns() -> None:
    """The first campaign of each account, then the second of each, and so on."""
    messages = [[_message(name, n) for n in (1, 2)] for name in ("a", "b", "c")]

    order = [(message.organization_id, message.campaign_id) for message in by_turns(messages)]

    assert order == [("a", 1), ("b", 1), ("c", 1), ("a", 2), ("b", 2), ("c", 2)]


def _message(organization_id: str, campaign_id: int) -> SyncCampaign:
    return SyncCampaign(
        organization_id=organization_id,
        campaign_id=campaign_id,
        campaign_name="News",
        split=False,
        run_id="run",
        sequence=1,
        reason=Reason.NEW,
        since=None,
        counters={},
    )


def test_loading_conversions_is_measured_in_a_process_of_its_own() -> None:
    """It loads them all, or raises."""
    usage = conversion_memory.load(100)

    assert usage.peak_kib > 0
    assert usage.processor_s > 0
