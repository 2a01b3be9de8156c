"""Accounts of any size, at no cost in memory."""

import tracemalloc
from collections.abc import Callable
from itertools import islice

import pytest
import requests

from sendtrail.simulator import Account, Plan
from sendtrail.simulator.plan import CampaignPlan
from tests.simulator.reader import Api

Connect = Callable[[Account], Api]
Make = Callable[..., Account]
MEGABYTE = 1_000_000


def test_a_million_openers_cost_no_memory(make_account: Make, connect: Connect) -> None:
    """Any page of a million rows is there at once."""
    tracemalloc.start()
    account = make_account(plan=Plan(campaigns=1, openers=1_000_000))
    api, campaign = connect(account), account.campaigns[0].id

    pages = [api.rows("open", campaign, page=page, sort_direction="DESC") for page in (1, 25_000, 50_000, 50_001)]

    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert [len(page) for page in pages] == [20, 20, 20, 0]
    assert peak < 10 * MEGABYTE


def test_truth_is_told_row_by_row(make_account: Make) -> None:
    """The truth of a million rows begins at once and holds none of them."""
    account = make_account(plan=Plan(campaigns=1, openers=1_000_000))
    tracemalloc.start()

    rows = sum(1 for _ in islice(account.truth(), 2_000))

    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert rows == 2_000
    assert peak < MEGABYTE


def test_a_large_info_is_streamed(make_account: Make, connect: Connect) -> None:
    """A link with many clickers comes in pieces, and the server holds none but the one it sends."""
    account = make_account(plan=Plan(sizes=(CampaignPlan(openers=100, clickers=12_000, links=1),)))
    api = connect(account)
    tracemalloc.start()

    with _link_page(api, account.campaigns[0].id) as response:
        received = sum(len(piece) for piece in response.iter_content(65_536))

    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "Content-Length" not in response.headers
    assert received > 1.4 * MEGABYTE
    assert peak < MEGABYTE


def _link_page(api: Api, campaign_id: int) -> requests.Response:
    asked = {"api_action": "campaign_report_link_list", "api_output": "json", "campaignid": str(campaign_id)}
    return api.session.get(f"{api.url}/admin/api.php", params=asked, stream=True, timeout=30)


def test_a_streamed_page_reads_like_any_other(make_account: Make, connect: Connect) -> None:
    """A page that is streamed is one JSON object with all its links and contacts."""
    account = make_account(plan=Plan(sizes=(CampaignPlan(clickers=2_500, links=3),)))

    page = connect(account).report("link", account.campaigns[0].id)

    assert [len(page[key]["info"]) for key in "012"] == [2_500, 1_250, 834]
    assert page["result_code"] == 1


def test_thousands_of_campaigns(make_account: Make) -> None:
    """Five thousand small campaigns have an id, a name and a mix of kinds."""
    account = make_account(plan=Plan(campaigns=5_000, openers=10, skew=0))

    assert len({campaign.id for campaign in account.campaigns}) == 5_000
    assert {campaign.kind for campaign in account.campaigns} == {"ordinary", "automation", "split", "draft"}


def test_too_few_contacts_are_refused(make_account: Make) -> None:
    """A plan must have the contacts that its campaigns need."""
    with pytest.raises(ValueError, match="need at least"):
        make_account(plan=Plan(openers=1_000, contacts=500))


def test_a_naive_instant_is_refused(make_account: Make) -> None:
    """`now` must be aware."""
    with pytest.raises(ValueError, match="aware"):
        make_account(now=make_account().now.replace(tzinfo=None))
