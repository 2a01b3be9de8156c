"""The truth an account tells is exactly what can be read from it."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from sendtrail.simulator import Account, Plan, Quirks, TruthRow
from sendtrail.simulator.plan import CampaignPlan
from tests.simulator.reader import Api, read_activities, read_campaigns, read_contacts

Connect = Callable[[Account], Api]
Make = Callable[..., Account]


def _sorted(rows: list[TruthRow]) -> list[TruthRow]:
    return sorted(rows, key=repr)


def _identities(rows: list[TruthRow]) -> set[str]:
    return set(map(repr, rows))


QUIRKS = [
    Quirks(),
    Quirks(ints=True, zero_dates=True, max_limit=7),
    Quirks(info_shape="mixed", empty_info="mixed", bots_filtered=True),
    Quirks(without_tstamp_iso=("open", "click", "unsubscribe", "forward")),
    Quirks(tstamp_hour_behind=True, unsubscriptions_without_tstamp=True),
    Quirks(unsorted_opens=True),
    Quirks(ascending_opens=True),
]


@pytest.mark.parametrize("quirks", QUIRKS, ids=range(len(QUIRKS)))
def test_reading_everything_yields_the_truth(quirks: Quirks, make_account: Make, connect: Connect) -> None:
    """Whatever the quirks, a reader that reads every page holds the truth, row by row."""
    account = make_account(quirks=quirks)
    account.pass_day()

    read = read_activities(connect(account))

    assert len(read) > 500
    assert {row.event_type for row in read} == {"open", "click", "bounce", "unsubscribe", "forward"}
    assert _sorted(read) == _sorted(list(account.truth()))


@pytest.mark.parametrize("zone", ["Europe/Paris", "Asia/Kathmandu", "America/New_York"])
def test_truth_holds_in_any_time_zone(zone: str, make_account: Make, connect: Connect) -> None:
    """Naive timestamps and days are the account's own, over the change of the clocks too."""
    quirks = Quirks(without_tstamp_iso=("open",))
    plan = Plan(sizes=(CampaignPlan(openers=3_000, bounces=40, sent_days_ago=125),))
    account = make_account(time_zone=zone, quirks=quirks, plan=plan)

    assert _sorted(read_activities(connect(account))) == _sorted(list(account.truth()))


def test_reading_contacts_yields_the_truth(make_account: Make, connect: Connect) -> None:
    """Contacts added, edited, tagged, unsubscribed and deleted read as the truth tells."""
    account = make_account(plan=Plan(contacts=700, openers=50, daily_share=0.2, tags=120))
    account.pass_day()

    read = read_contacts(connect(account))

    assert read == list(account.contacts_truth())
    assert len(read) > 600


def test_campaign_counters_read_as_the_truth(account: Account, api: Api) -> None:
    """The campaigns list tells the counters of the truth."""
    account.pass_day()

    read = {int(row["id"]): {name: int(row[name]) for name in ("opens", "uniqueopens")} for row in read_campaigns(api)}

    assert read == {
        campaign.id: {name: campaign.counters[name] for name in ("opens", "uniqueopens")}
        for campaign in account.campaigns_truth()
    }


def test_counters_agree_with_the_lists(account: Account) -> None:
    """Counters are the sums over the rows they count."""
    account.pass_day()
    account.pass_day()

    for campaign in account.campaigns_truth():
        rows = list(account.truth(campaign_id=campaign.id))
        assert campaign.counters["opens"] == sum(row.times for row in rows if row.event_type == "open")
        assert campaign.counters["uniquelinkclicks"] == sum(row.event_type == "click" for row in rows)
        assert campaign.counters["hardbounces"] == sum(row.detail.get("type") == "hard" for row in rows)
        assert campaign.counters["unsubscribes"] == sum(row.event_type == "unsubscribe" for row in rows)


def test_history_holds_what_was_true_and_what_is(account: Account) -> None:
    """Every state a row ever had is in the history, once."""
    before = list(account.truth())
    account.pass_day()
    account.pass_day()
    after = list(account.truth())

    history = list(account.history())

    assert _identities(before) | _identities(after) <= _identities(history)
    assert len(_identities(history)) == len(history) > len(after)


def test_truth_since_an_instant_leaves_out_what_is_older(account: Account) -> None:
    """`since` keeps rows from that instant on, and of bounces those whose day was not over by then."""
    account.pass_day()
    since = account.now - timedelta(days=30, hours=5)

    told = list(account.truth(since=since))

    slack = {"bounce": timedelta(days=1)}
    later = [row for row in account.truth() if row.activity_timestamp + slack.get(row.event_type, timedelta()) > since]
    assert told == later
    assert 0 < len(told) < len(list(account.truth()))


def test_truth_of_one_campaign_tells_of_no_other(account: Account) -> None:
    """`campaign_id` picks a campaign."""
    picked = account.campaigns[3].id

    assert {row.campaign_id for row in account.truth(campaign_id=picked)} == {picked}
