"""The v3 lists: campaigns, contacts, tags, lists."""

from collections.abc import Callable

import pytest

from sendtrail.simulator import Account, Plan, Quirks
from tests.simulator.reader import Api

Connect = Callable[[Account], Api]
Make = Callable[..., Account]


def test_campaigns_are_twenty_a_page_and_a_hundred_at_most(make_account: Make, connect: Connect) -> None:
    """`limit` is 20 by default and clamped to 100; `offset` moves on."""
    api = connect(make_account(plan=Plan(campaigns=130, openers=3, skew=0)))

    asked: tuple[dict[str, int], ...] = ({}, {"limit": 500}, {"limit": 100, "offset": 100}, {"offset": 130})
    pages = [api.v3("campaigns", **params)["campaigns"] for params in asked]

    assert [len(page) for page in pages] == [20, 100, 30, 0]
    assert len({row["id"] for row in pages[1] + pages[2]}) == 130


def test_campaigns_come_in_the_order_asked_for(api: Api) -> None:
    """`orders[ldate]` sorts by the last send."""
    dates = [row["ldate"] for row in api.v3("campaigns", **{"orders[ldate]": "DESC"})["campaigns"] if row["ldate"]]

    assert len(dates) == 9
    assert dates == sorted(dates, reverse=True)


def test_a_mix_of_campaigns(api: Api) -> None:
    """Drafts were never sent, automations stay at status 1 and were sent last long after they began."""
    campaigns = api.v3("campaigns")["campaigns"]

    drafts = [row for row in campaigns if row["status"] == "0"]
    automations = [row for row in campaigns if row["status"] == "1"]
    assert {(row["send_amt"], row["sdate"]) for row in drafts} == {("0", None)}
    assert all(row["automation"] and row["ldate"][:10] > row["sdate"][:10] for row in automations)
    assert {row["type"] for row in campaigns} == {"single", "split", "responder"}


def test_counters_and_totals_are_strings_or_numbers(account: Account, make_account: Make, connect: Connect) -> None:
    """Ids, counters and totals are strings, and numbers with the quirk."""
    plain, odd = connect(account).v3("campaigns"), connect(make_account(quirks=Quirks(ints=True))).v3("campaigns")

    kinds = [
        {type(page["meta"]["total"]), *(type(page["campaigns"][0][n]) for n in ("id", "opens"))}
        for page in (plain, odd)
    ]
    assert kinds == [{str}, {int}]


def test_absent_dates_come_in_many_ways(make_account: Make, connect: Connect) -> None:
    """With the quirk, no date is null, empty or zeros."""
    api = connect(make_account(quirks=Quirks(zero_dates=True)))

    absent = {row["deleted_at"] for row in api.v3("contacts", limit=100)["contacts"]}

    assert absent == {None, "", "0000-00-00", "0000-00-00 00:00:00"}


def test_split_campaigns_have_messages(account: Account, api: Api) -> None:
    """A campaign's messages have the ids that reports ask for."""
    split = next(campaign for campaign in account.campaigns if campaign.kind == "split")

    messages = api.v3(f"campaigns/{split.id}/campaignMessages")["campaignMessages"]

    assert [row["messageid"] for row in messages] == [str(message.id) for message in split.messages]
    assert all(row["subject"] for row in messages)


def test_an_unknown_campaign_is_a_404(api: Api) -> None:
    """v3 answers an unknown id with 404 and a message."""
    response = api.get("/api/3/campaigns/999999/campaignMessages")

    assert (response.status_code, list(response.json())) == (404, ["message"])


@pytest.mark.parametrize("key", ["wrong", ""])
def test_a_wrong_key_is_a_403(key: str, api: Api) -> None:
    """v3 answers a wrong key with 403 and a message."""
    api.session.headers["Api-Token"] = key

    response = api.get("/api/3/tags")

    assert (response.status_code, list(response.json())) == (403, ["message"])


def test_contacts_page_by_id(api: Api) -> None:
    """`id_greater` starts behind an id, compared as a number."""
    first = api.v3("contacts", **{"orders[id]": "ASC", "id_greater": 0, "limit": 7})["contacts"]
    then = api.v3("contacts", **{"orders[id]": "ASC", "id_greater": first[-1]["id"], "limit": 7})["contacts"]

    ids = [int(row["id"]) for row in first + then]
    assert ids == sorted(set(ids))
    assert ids[0] < 10 < ids[-1]


def test_contacts_skip_the_deleted(make_account: Make, connect: Connect) -> None:
    """Pages close up where contacts were deleted, and tell of the added ones."""
    account = make_account(plan=Plan(contacts=500, openers=20, daily_share=0.3))
    before = {contact.id for contact in account.contacts_truth()}
    account.pass_day()
    api = connect(account)

    pages = [api.v3("contacts", limit=100, offset=offset)["contacts"] for offset in range(0, 600, 100)]

    now = [row["id"] for page in pages for row in page]
    assert now == [contact.id for contact in account.contacts_truth()]
    assert set(now) - before
    assert before - set(now)


def test_contacts_can_be_newest_first(account: Account, api: Api) -> None:
    """`orders[id]=DESC` turns the list round."""
    newest = api.v3("contacts", **{"orders[id]": "DESC", "limit": 1})["contacts"][0]

    assert newest["id"] == list(account.contacts_truth())[-1].id


def test_side_loads_are_of_the_contacts_of_the_page(api: Api) -> None:
    """`include` adds tags and lists of the page's contacts; without it there are none."""
    page = api.v3("contacts", include="contactTags,contactLists", limit=30)

    ids = {row["id"] for row in page["contacts"]}
    assert {row["contact"] for row in page["contactTags"]} <= ids
    assert {row["contact"] for row in page["contactLists"]} == ids
    assert "contactTags" not in api.v3("contacts")


def test_some_contacts_have_a_phone_and_no_address(api: Api) -> None:
    """A contact known by phone alone has an empty e-mail address."""
    contacts = api.v3("contacts", limit=100)["contacts"]

    without = [row for row in contacts if not row["email"]]
    assert len(without) == 2
    assert all(row["phone"] for row in without)


def test_list_statuses_are_an_open_set(account: Account) -> None:
    """Contacts are unconfirmed, active, unsubscribed, bounced or removed."""
    statuses = {status for contact in account.contacts_truth() for _, status in contact.lists}

    assert statuses == {0, 1, 2, 3, 91}


def test_id_greater_can_be_ignored(make_account: Make, connect: Connect) -> None:
    """With the quirk the list starts at the beginning."""
    api = connect(make_account(quirks=Quirks(id_greater_ignored=True)))

    assert api.v3("contacts", id_greater=100)["contacts"] == api.v3("contacts")["contacts"]


def test_the_limit_can_be_lower(make_account: Make, connect: Connect) -> None:
    """With the quirk a page holds fewer rows than asked for."""
    api = connect(make_account(quirks=Quirks(max_limit=50)))

    assert len(api.v3("contacts", limit=100)["contacts"]) == 50


def test_one_campaign_and_one_contact(account: Account, api: Api) -> None:
    """A single campaign or contact can be asked for by id."""
    contact = next(account.contacts_truth())

    assert api.v3(f"campaigns/{account.campaigns[0].id}")["campaign"]["name"] == account.campaigns[0].name
    assert api.v3(f"contacts/{contact.id}")["contact"]["email"] == contact.email


def test_contacts_updated_after_an_instant(make_account: Make, connect: Connect) -> None:
    """`filters[updated_after]` leaves out contacts not updated since, and works with `id_greater`."""
    account = make_account(plan=Plan(contacts=400, openers=20, daily_share=0.2))
    start = account.now
    account.pass_day()
    api = connect(account)

    asked = {"filters[updated_after]": start.isoformat(), "limit": 100}
    found = [row["id"] for row in api.v3("contacts", **asked)["contacts"]]
    then = [row["id"] for row in api.v3("contacts", **asked, id_greater=found[4])["contacts"]]

    assert found == [contact.id for contact in account.contacts_truth() if contact.updated >= start]
    assert then == found[5:]


def test_a_filter_can_be_ignored(make_account: Make, connect: Connect) -> None:
    """With the quirk the filter is ignored, and the full list comes back."""
    api = connect(make_account(quirks=Quirks(updated_after_ignored=True)))

    filtered = api.v3("contacts", **{"filters[updated_after]": "2026-02-28T12:00:00-06:00"})

    assert filtered == api.v3("contacts")
