"""Days that bring exactly what somebody asked for, and the pages that hold it."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from itertools import count
from typing import Any

import pytest

from sendtrail.simulator import Account, NewActivity, Plan, Quirks, TruthPages, TruthRow
from sendtrail.simulator.plan import CampaignPlan
from tests.simulator.reader import Api, numbered

Make = Callable[..., Account]
PLAN = Plan(
    sizes=(
        CampaignPlan(openers=150, clickers=30, links=25, bounces=31, unsubscribes=19, sent_days_ago=20),
        CampaignPlan(kind="split", openers=90, clickers=20, links=3, bounces=9, sent_days_ago=12),
        CampaignPlan(openers=45, clickers=0, links=0, bounces=0, unsubscribes=0, forwards=0, sent_days_ago=9),
    )
)
REPORTS = {"open": "open", "bounce": "bounce", "unsubscribe": "unsubscription", "forward": "forward", "click": "link"}


def _rows_since(account: Account, campaign_id: int, day: timedelta) -> Counter[str]:
    since = account.now - day
    return Counter(row.event_type for row in account.truth(since, campaign_id) if row.activity_timestamp > since)


def test_a_told_day_brings_what_was_told(make_account: Make) -> None:
    """Counters grow by exactly as much, for the campaigns that were named and for no other."""
    account = make_account(plan=PLAN)
    first, *others = [campaign.counters for campaign in account.campaigns_truth()]
    news = NewActivity(campaign_id=account.campaigns[0].id, opens=80, clicks=40, bounces=5, unsubscribes=4, forwards=2)

    account.pass_told_day([news])

    after, *others_after = [campaign.counters for campaign in account.campaigns_truth()]
    grown = {name: after[name] - first[name] for name in ("opens", "linkclicks", "unsubscribes", "forwards")}
    assert grown == {"opens": 80, "linkclicks": 40, "unsubscribes": 4, "forwards": 2}
    assert after["hardbounces"] + after["softbounces"] == first["hardbounces"] + first["softbounces"] + 5
    assert others_after == others


def test_news_is_of_the_day_and_partly_of_known_contacts(make_account: Make) -> None:
    """New rows lie within the day; some of those who open have opened before."""
    account = make_account(plan=PLAN)
    openers = account.campaigns[0].messages[0].openers

    account.pass_told_day([NewActivity(campaign_id=account.campaigns[0].id, opens=80)])

    rows = [row for row in account.truth(None, account.campaigns[0].id) if row.event_type == "open"]
    new = [row for row in rows if row.activity_timestamp > account.now - timedelta(days=1)]
    assert openers < len(rows) < openers + 80
    assert len(rows) - openers < len(new) <= 80
    assert rows == sorted(rows, key=lambda row: row.activity_timestamp, reverse=True)


def test_clicks_in_a_message_without_links_are_opens(make_account: Make) -> None:
    """There is nothing to click, and the list of opens keeps its order all the same."""
    account = make_account(plan=PLAN)
    plain = account.campaigns[2].id

    account.pass_told_day([NewActivity(campaign_id=plain, opens=10, clicks=10)])

    times = [row.activity_timestamp for row in account.truth(None, plain) if row.event_type == "open"]
    assert _rows_since(account, plain, timedelta(days=1)).keys() == {"open"}
    assert times == sorted(times, reverse=True)


def test_news_of_no_campaign_is_refused(make_account: Make) -> None:
    """A campaign that does not exist gets none, and no day passes."""
    account = make_account(plan=PLAN)
    before = account.now

    with pytest.raises(ValueError, match="no campaign 999"):
        account.pass_told_day([NewActivity(campaign_id=999, opens=1)])

    assert account.now == before


def test_pages_are_those_that_a_reader_finds(make_account: Make, connect: Callable[[Account], Api]) -> None:
    """A reader of every page finds as many of each report, and as many with something of the last day."""
    account = make_account(plan=PLAN, quirks=Quirks(), time_zone="UTC")
    account.pass_told_day(
        NewActivity(campaign_id=campaign.id, opens=50, clicks=9, bounces=12, unsubscribes=6, forwards=1)
        for campaign in account.campaigns[:2]
    )
    since, api = account.now - timedelta(days=1), connect(account)

    told = list(account.pages(since))

    new = {_name(row) for row in account.truth(since)}
    assert [_counts(report) for report in told] == [_found(api, report, new) for report in told]
    assert sum(report.new_pages for report in told) > 10


def test_pages_and_news_are_there_over_http(make_account: Make, connect: Callable[[Account], Api]) -> None:
    """POST brings news, GET tells the pages, and a campaign that does not exist is a 400 that says so."""
    account = make_account(plan=PLAN)
    api = connect(account)
    told = f"{api.url}/_simulator/pass_told_day"

    brought = api.session.post(told, json=[{"campaign_id": account.campaigns[2].id, "opens": 21}])
    refused = api.session.post(told, json=[{"campaign_id": 999}])
    since = account.now - timedelta(days=1)
    pages = api.get("/_simulator/pages", since=since.isoformat()).content.splitlines()

    assert (brought.status_code, refused.status_code) == (200, 400)
    assert len(pages) == len(list(account.pages(since)))
    assert sum(b'"new_pages":0' not in line for line in pages) == 1


def _name(row: TruthRow) -> tuple[object, ...]:
    return (row.event_type, row.campaign_id, row.contact_id, row.link_id, row.source_timestamp)


def _counts(report: TruthPages) -> tuple[int, int]:
    return report.pages, report.new_pages


def _found(api: Api, report: TruthPages, new: set[tuple[object, ...]]) -> tuple[int, int]:
    pages = list(_pages(api, report))
    return len(pages), sum(any(_is_new(row, report, new) for row in page) for page in pages)


def _pages(api: Api, report: TruthPages) -> Any:
    where = {"messageid": report.message_id} if report.message_id else {}
    for page in count(1):
        asked = {**where, "page": page, "sort_direction": "DESC"}
        rows = numbered(api.report(REPORTS[report.event_type], report.campaign_id, **asked))
        if not rows:
            return
        yield rows
        if report.event_type == "forward":
            return


def _is_new(row: dict[str, Any], report: TruthPages, new: set[tuple[object, ...]]) -> bool:
    clicks = row["info"] if report.event_type == "click" else [row]
    link = row["id"] if report.event_type == "click" else ""
    return any(
        (report.event_type, report.campaign_id, r["subscriberid"], link, r.get("tstamp_iso") or r["tstamp"]) in new
        for r in clicks
    )
