"""Lists: what they say of their length, ends that are none, and what has to be asked for."""

from collections.abc import Callable

import pytest

from sendtrail.simulator import Account, Plan, Quirks
from sendtrail.simulator.plan import CampaignPlan
from tests.simulator.reader import Api, numbered, read_activities

Connect = Callable[[Account], Api]
Make = Callable[..., Account]
BIG = Plan(sizes=(CampaignPlan(openers=50, bounces=30, unsubscribes=30, links=25, sent_days_ago=5),))


@pytest.mark.parametrize(
    ("lie", "meta"),
    [
        ("right", {"total": "10"}),
        ("null", {"total": None}),
        ("zero", {"total": 0}),
        ("zero_string", {"total": "0"}),
        ("page_count", {"total": "4"}),
        ("missing", {}),
        ("no_meta", None),
        ("too_high", {"total": "16"}),
        ("too_low", {"total": "5"}),
    ],
)
def test_the_total_can_lie(lie: str, meta: object, make_account: Make, connect: Connect) -> None:
    """Whatever it says of the ten campaigns, the rows of the page are there."""
    page = connect(make_account(quirks=Quirks(meta_total=lie))).v3("campaigns", limit=4)  # type: ignore[arg-type]

    assert page.get("meta") == meta
    assert len(page["campaigns"]) == 4


@pytest.mark.parametrize("name", ["open", "bounce", "unsubscription", "link"])
def test_a_false_end_may_come_once(name: str, make_account: Make, connect: Connect) -> None:
    """The second page passes for the end, and is there when it is asked for again."""
    account = make_account(plan=BIG, quirks=Quirks(false_end="once"))
    api, campaign = connect(account), account.campaigns[0].id

    first, end, again = (api.report(name, campaign, page=page) for page in (1, 2, 2))

    assert (end["result_code"], end["result_message"]) == (0, "Failed: Nothing is returned")
    assert (len(numbered(first)), numbered(end)) == (20, [])
    assert numbered(again)


def test_a_false_end_may_last_a_day(make_account: Make, connect: Connect) -> None:
    """The page passes for the end as often as it is asked for, until a day has passed."""
    account = make_account(plan=BIG, quirks=Quirks(false_end="day", false_end_page=1))
    api, campaign = connect(account), account.campaigns[0].id

    today = [len(api.rows("forward", campaign)) for _ in range(3)]
    account.pass_quiet_hours(23)
    later_today = len(api.rows("forward", campaign))
    account.pass_quiet_hours(2)

    assert (today, later_today) == ([0, 0, 0], 0)
    assert len(api.rows("forward", campaign)) == 1
    assert account.counters(account.campaigns[0])["uniqueforwards"] == 1


def test_a_page_that_is_empty_anyway_is_no_false_end(make_account: Make, connect: Connect) -> None:
    """A page that gets rows later strikes only then."""
    plan = Plan(sizes=(CampaignPlan(openers=20, links=0),), shift_every=1)
    account = make_account(plan=plan, quirks=Quirks(false_end="once"))
    api, campaign = connect(account), account.campaigns[0].id

    before = api.rows("open", campaign, page=2)
    rows = [len(api.rows("open", campaign, page=2)) for _ in range(2)]

    assert before == []
    assert rows[0] == 0 < rows[1]


@pytest.mark.parametrize("number", [1, 2])
def test_a_v3_page_may_be_empty_once(number: int, make_account: Make, connect: Connect) -> None:
    """A page of a list has no rows the first time, and its total is as ever; the others are as ever."""
    account = make_account(quirks=Quirks(empty_page="once", empty_page_number=number))
    api, offset = connect(account), 4 * (number - 1)

    pages = [api.v3("campaigns", limit=4, offset=offset) for _ in range(2)]
    other = api.v3("campaigns", limit=4, offset=4 * (2 - number))

    assert [len(page["campaigns"]) for page in pages] == [0, 4]
    assert pages[0]["meta"] == {"total": "10"}
    assert len(other["campaigns"]) == 4


def test_a_page_behind_a_cursor_may_be_empty_for_a_day(make_account: Make, connect: Connect) -> None:
    """Contacts that are read by `id_greater` have such a page, too, side-loads included."""
    account = make_account(quirks=Quirks(empty_page="day"))
    api = connect(account)
    last = api.v3("contacts", limit=20, **{"orders[id]": "ASC"})["contacts"][-1]["id"]
    asked = {"orders[id]": "ASC", "id_greater": last, "limit": 20, "include": "contactTags"}

    today = [api.v3("contacts", **asked) for _ in range(2)]
    account.pass_quiet_day()

    assert [(page["contacts"], page["contactTags"]) for page in today] == [([], []), ([], [])]
    assert len(api.v3("contacts", **asked)["contacts"]) == 20


def test_reports_may_need_a_messageid(make_account: Make, connect: Connect) -> None:
    """Without it links and forwards are empty, although the counters are not; the other reports do without."""
    account = make_account(quirks=Quirks(messageid_needed=("click", "forward")), plan=BIG)
    api, campaign = connect(account), account.campaigns[0]
    message = api.v3(f"campaigns/{campaign.id}/campaignMessages")["campaignMessages"][0]["messageid"]

    without = [len(api.rows(name, campaign.id)) for name in ("link", "forward", "open")]
    named = [len(api.rows(name, campaign.id, messageid=message)) for name in ("link", "forward")]

    assert (without, named) == ([0, 0, 20], [20, 1])
    assert account.counters(campaign)["linkclicks"] > 0
    assert sorted(map(repr, read_activities(api))) == sorted(map(repr, account.truth()))
    assert {row.message_id for row in account.truth() if row.event_type == "click"} == {message}


def test_twenty_links_and_a_page_that_is_ignored(make_account: Make, connect: Connect) -> None:
    """The second page is the first once more, and holds all there is."""
    account = make_account(quirks=Quirks(twenty_links=True))
    api, campaign = connect(account), account.campaigns[0].id

    pages = [api.report("link", campaign, page=page) for page in (1, 2)]

    assert pages[0] == pages[1]
    assert len(numbered(pages[0])) == 20
    assert sorted(map(repr, read_activities(api))) == sorted(map(repr, account.truth()))


def test_truth_leaves_out_links_that_are_never_shown(make_account: Make, connect: Connect) -> None:
    """Where the link report ignores `page`, nobody sees the 21st link."""
    account = make_account(quirks=Quirks(repeated_page="links"), plan=BIG)

    shown = read_activities(connect(account))

    clicks = {row.link_id for row in account.truth() if row.event_type == "click"}
    clicked = {str(link.id) for link in account.campaigns[0].messages[0].links if link.clickers}
    assert len(clicks) < len(clicked)
    assert sorted(map(repr, shown)) == sorted(map(repr, account.truth()))


def test_shuffled_opens_end_where_others_do(make_account: Make, connect: Connect) -> None:
    """Every opener is on one of the pages."""
    account = make_account(quirks=Quirks(unsorted_opens=True), plan=BIG)
    api, campaign = connect(account), account.campaigns[0].id

    pages = [api.rows("open", campaign, page=page) for page in (1, 2, 3, 4)]

    assert [len(page) for page in pages] == [20, 20, 10, 0]
    assert len({row["subscriberid"] for page in pages for row in page}) == 50


@pytest.mark.parametrize("size", [10, 50])
@pytest.mark.parametrize("name", ["open", "bounce", "unsubscription", "link"])
def test_pages_may_have_another_size(name: str, size: int, make_account: Make, connect: Connect) -> None:
    """Of rows, and of links."""
    account = make_account(plan=BIG, quirks=Quirks(report_page_size=size))
    api, campaign = connect(account), account.campaigns[0].id

    pages = [api.rows(name, campaign, page=page) for page in (1, 2, 3, 4, 5, 6)]

    whole = {"open": 50, "bounce": 30, "unsubscription": 30, "link": 25}[name]
    assert [len(page) for page in pages if page] == [*[size] * (whole // size), *[whole % size] * (whole % size > 0)]


def test_opens_may_be_sorted_within_their_pages_alone(make_account: Make, connect: Connect) -> None:
    """Each page goes down, and begins above the one before it."""
    account = make_account(plan=BIG, quirks=Quirks(opens_sorted_within_pages=True))
    api, campaign = connect(account), account.campaigns[0].id

    pages = [
        [row["tstamp_iso"] for row in api.rows("open", campaign, page=page, sort_direction="DESC")]
        for page in (1, 2, 3)
    ]

    assert all(page == sorted(page, reverse=True) for page in pages)
    assert pages[0][0] < pages[1][-1] < pages[1][0] < pages[2][-1]


@pytest.mark.parametrize("name", ["open", "bounce", "link"])
def test_the_end_may_be_a_success_without_rows(name: str, make_account: Make, connect: Connect) -> None:
    """Whether there was a page before it or not."""
    account = make_account(plan=BIG, quirks=Quirks(past_the_end="success"))

    end = connect(account).report(name, account.campaigns[0].id, page=9)

    assert (end["result_code"], numbered(end)) == (1, [])


@pytest.mark.parametrize("name", ["open", "bounce", "link"])
def test_the_last_page_may_come_again(name: str, make_account: Make, connect: Connect) -> None:
    """For every page past it."""
    account = make_account(plan=BIG, quirks=Quirks(past_the_end="last_page"))
    api, campaign = connect(account), account.campaigns[0].id
    last = {"open": 3, "bounce": 2, "link": 2}[name]

    pages = [api.rows(name, campaign, page=page) for page in (last - 1, last, last + 1, 1_000_000)]

    assert pages[0] != pages[1] == pages[2] == pages[3]


SPLIT = Plan(sizes=(CampaignPlan(kind="split", openers=60, links=1, messages=3, sent_days_ago=5),))


def test_the_message_may_be_ignored(make_account: Make, connect: Connect) -> None:
    """Every message shows the rows of all."""
    account = make_account(plan=SPLIT, quirks=Quirks(messageid_ignored=("open", "click")))
    api, campaign = connect(account), account.campaigns[0]
    messages = [message.id for message in campaign.messages]

    opens = [api.rows("open", campaign.id, messageid=message) for message in messages]
    links = [api.rows("link", campaign.id, messageid=message) for message in messages]
    bounces = [api.rows("bounce", campaign.id, messageid=message) for message in messages]

    assert opens[0] == opens[1] == opens[2]
    assert [len(each) for each in links] == [3, 3, 3]
    assert bounces[0] != bounces[1]
    assert {row.message_id for row in account.truth() if row.event_type in ("open", "click")} == {""}


def test_a_message_may_be_missing_from_the_list(make_account: Make, connect: Connect) -> None:
    """Its rows are shown where no message is named, beside those of the others."""
    account = make_account(plan=SPLIT, quirks=Quirks(unlisted_messages=True))
    api, campaign = connect(account), account.campaigns[0]

    listed = [row["messageid"] for row in api.v3(f"campaigns/{campaign.id}/campaignMessages")["campaignMessages"]]
    by_message = [row["email"] for name in listed for row in api.rows("bounce", campaign.id, messageid=name)]
    whole = [row["email"] for row in api.rows("bounce", campaign.id)]

    assert listed == [str(message.id) for message in campaign.messages[:-1]]
    assert set(by_message) < set(whole)
    assert {row.message_id for row in account.truth() if row.event_type == "open"} == {*listed, ""}
