"""Counters: how they are written, per campaign and per message, and single values beside them."""

from collections.abc import Callable
from typing import Any

import pytest

from sendtrail.simulator import Account, Plan, Quirks
from sendtrail.simulator.plan import CampaignPlan
from tests.simulator.reader import Api, read_campaigns, read_contacts

Connect = Callable[[Account], Api]
Make = Callable[..., Account]
PLAN = Plan(sizes=(CampaignPlan(openers=1_234, links=1, sent_days_ago=5),))


@pytest.mark.parametrize(
    ("way", "value"),
    [
        ("thousands", "1,234"),
        ("float", 1234.0),
        ("float_string", "1234.0"),
        ("null", None),
        ("empty", ""),
        ("missing", "not there"),
        ("word", "many"),
    ],
)
def test_counters_may_be_unreadable(way: str, value: object, make_account: Make, connect: Connect) -> None:
    """Those that were named are written oddly, by campaigns and by messages, and the others as ever."""
    quirks = Quirks(odd_counters=way, odd_counter_names=("uniqueopens",))  # type: ignore[arg-type]
    account = make_account(quirks=quirks, plan=PLAN)
    api = connect(account)

    (campaign,) = read_campaigns(api)
    (message,) = api.v3(f"campaigns/{campaign['id']}/campaignMessages")["campaignMessages"]

    assert campaign.get("uniqueopens", "not there") == message.get("uniqueopens", "not there") == value
    assert type(campaign.get("uniqueopens", "")) is type(value)
    assert int(campaign["opens"]) == account.counters(account.campaigns[0])["opens"]


def test_without_names_every_counter_is_odd(make_account: Make, connect: Connect) -> None:
    """`send_amt` too; ids are not counters."""
    (campaign,) = read_campaigns(connect(make_account(quirks=Quirks(odd_counters="null"), plan=PLAN)))

    assert (campaign["send_amt"], campaign["softbounces"], campaign["opens"]) == (None, None, None)
    assert campaign["id"].isdecimal()


def test_messages_have_counters_of_their_own(make_account: Make, connect: Connect) -> None:
    """Those of a split campaign's messages add up to the campaign's, days later, too."""
    account = make_account(
        plan=Plan(sizes=(CampaignPlan(kind="split", openers=200, sent_days_ago=3),), daily_share=0.2)
    )
    account.pass_day()
    api = connect(account)
    (campaign,) = read_campaigns(api)

    messages = api.v3(f"campaigns/{campaign['id']}/campaignMessages")["campaignMessages"]

    names = ("send_amt", "opens", "uniqueopens", "linkclicks", "hardbounces", "unsubscribes", "forwards")
    assert len(messages) == 2
    assert {name: _sum(messages, name) for name in names} == {name: int(campaign[name]) for name in names}


def _sum(rows: list[dict[str, Any]], name: str) -> int:
    return sum(int(row[name]) for row in rows)


def test_statuses_may_be_rare(make_account: Make, connect: Connect) -> None:
    """Campaigns that were sent may be disabled or pending review, and drafts stay drafts."""
    account = make_account(quirks=Quirks(rare_statuses=True))

    read = {campaign["id"]: campaign["status"] for campaign in read_campaigns(connect(account))}

    assert {"6", "7", "5", "0"} <= set(read.values())
    assert read == {str(told.id): str(told.status) for told in account.campaigns_truth()}
    assert all((told.status == 0) == (told.kind == "draft") for told in account.campaigns_truth())


def test_contacts_may_say_when_they_last_did_something(make_account: Make, connect: Connect) -> None:
    """The dates are naive US Central, and those of the last events that the reports know."""
    account = make_account(quirks=Quirks(contact_activity_dates=True), plan=Plan(campaigns=3, openers=60))
    account.pass_day()
    api = connect(account)

    read = read_contacts(api)
    shown = api.v3("contacts", limit=100)["contacts"]

    assert read == list(account.contacts_truth())
    assert {row.id: row.last_open for row in read if row.last_open} == _last_opens(account)
    assert {row["mpp_tracking"] for row in shown} == {"0", "1"}
    hidden = [row for row in shown if row["last_mpp_open_date"]]
    assert hidden
    assert all(row["mpp_tracking"] == "1" and row["last_mpp_open_date"] == row["last_open_date"] for row in hidden)


def test_contacts_know_what_rows_that_stand_still_do_not(make_account: Make) -> None:
    """A repeat moves the contact's date, whether or not it moves the row."""
    quirks = Quirks(still_tstamps=("open",), contact_activity_dates=True)
    account = make_account(quirks=quirks, plan=Plan(campaigns=3, openers=60, daily_share=0.5))
    before = account.now
    account.pass_day()

    told = {contact.id: contact.last_open for contact in account.contacts_truth() if contact.last_open}

    rows = _last_opens(account)
    assert told.keys() == rows.keys()
    assert all(told[contact] >= at for contact, at in rows.items())
    assert any(told[contact] > before > at for contact, at in rows.items())


def _last_opens(account: Account) -> dict[str, Any]:
    last: dict[str, Any] = {}
    for row in account.truth():
        if row.event_type == "open":
            last[row.contact_id] = max(row.activity_timestamp, last.get(row.contact_id, row.activity_timestamp))
    return {contact.id: last[contact.id] for contact in account.contacts_truth() if contact.id in last}


def test_contacts_usually_say_nothing_of_it(account: Account, api: Api) -> None:
    """The fields are there without a value."""
    row = api.v3("contacts", limit=1)["contacts"][0]

    assert (row["mpp_tracking"], row["last_open_date"], row["last_click_date"]) == ("0", None, None)
    assert row["last_mpp_open_date"] is None
    assert account.last_activity(account.contacts[0]) == {}


def test_counters_may_stay_at_zero(make_account: Make, connect: Connect) -> None:
    """Of the kinds that are named, in campaigns and their messages, and all that follow from them."""
    api = connect(make_account(quirks=Quirks(zero_counters=("open",)), plan=PLAN))

    (campaign,) = read_campaigns(api)
    (message,) = api.v3(f"campaigns/{campaign['id']}/campaignMessages")["campaignMessages"]

    for counted in (campaign, message):
        assert {counted[name] for name in ("opens", "uniqueopens", "verified_opens", "verified_unique_opens")} == {"0"}
        assert int(counted["linkclicks"]) > 0
    assert api.rows("open", campaign["id"])


def test_counters_may_leave_out_rows(make_account: Make, connect: Connect) -> None:
    """One in three of what the report shows."""
    api = connect(make_account(quirks=Quirks(counters_leave_out=("open",)), plan=PLAN))

    (campaign,) = read_campaigns(api)

    assert int(campaign["uniqueopens"]) == 1_234 - 411


def test_counters_may_stand_still_from_a_time_on(make_account: Make) -> None:
    """Those of the kinds that were named, with those of their links; lists go on."""
    quirks = Quirks(frozen_counters=("open", "click"), counters_freeze_h=24)
    plan = Plan(sizes=(CampaignPlan(openers=400, links=1, bounces=40, sent_days_ago=1),), daily_share=0.5)
    account = make_account(quirks=quirks, plan=plan)
    (campaign,) = account.campaigns
    (link,) = campaign.messages[0].links
    account.pass_day()
    first, totals, rows = account.counters(campaign), account.link_totals(campaign, link), list(account.truth())

    for _ in range(5):  # not every day brings something
        account.pass_day()

    then = account.counters(campaign)
    kinds = ("bounces", "unsubscribes", "forwards")
    assert all(name.endswith(kinds) for name in then if then[name] != first[name])
    assert then["unsubscribes"] > first["unsubscribes"] > 0
    assert account.link_totals(campaign, link) == totals
    assert len(list(account.truth())) > len(rows)
