"""The v1 reports: envelopes, paging, order, shapes."""

from collections.abc import Callable
from datetime import date, datetime

import pytest

from sendtrail.simulator import Account, Plan, Quirks
from sendtrail.simulator.plan import CampaignPlan
from tests.simulator.reader import Api

Connect = Callable[[Account], Api]
Make = Callable[..., Account]

NOTHING = {"result_code": 0, "result_message": "Failed: Nothing is returned", "result_output": "json"}
ONE = Plan(sizes=(CampaignPlan(openers=45, clickers=6, links=43, bounces=4, unsubscribes=3, forwards=2),))


@pytest.fixture
def one(make_account: Make) -> Account:
    """Return an account with a single campaign."""
    return make_account(plan=ONE)


@pytest.fixture
def campaign(one: Account) -> int:
    """Return the id of the single campaign."""
    return one.campaigns[0].id


@pytest.fixture
def api(one: Account, connect: Connect) -> Api:
    """Return the single campaign's account being served."""
    return connect(one)


def test_a_page_holds_twenty_rows_beside_the_envelope(api: Api, campaign: int) -> None:
    """Rows sit under numeric keys beside the result code."""
    page = api.report("open", campaign, page=1)

    assert set(page) == {*map(str, range(20)), "result_code", "result_message", "result_output"}
    assert (page["result_code"], page["result_message"]) == (1, "Success: Something is returned")


def test_pages_end_with_nothing_returned(api: Api, campaign: int) -> None:
    """The last page holds the rest, and past the end the envelope says so with a 200."""
    assert [len(api.rows("open", campaign, page=page)) for page in (1, 2, 3, 4)] == [20, 20, 5, 0]
    assert api.report("open", campaign, page=4) == NOTHING


def test_opens_come_oldest_first_unless_asked(api: Api, campaign: int) -> None:
    """The order is ascending by default and descending with sort_direction=DESC."""
    ascending = [row["tstamp"] for page in (1, 2, 3) for row in api.rows("open", campaign, page=page)]
    descending = [
        row["tstamp"] for page in (1, 2, 3) for row in api.rows("open", campaign, page=page, sort_direction="DESC")
    ]

    assert ascending == sorted(ascending)
    assert descending == ascending[::-1]


def test_an_open_row_is_strings(api: Api, campaign: int) -> None:
    """An open row tells who, when in two ways, and how often."""
    row = api.rows("open", campaign)[0]

    assert list(row) == ["subscriberid", "email", "tstamp", "tstamp_iso", "times"]
    assert all(isinstance(value, str) for value in row.values())
    assert datetime.fromisoformat(row["tstamp_iso"]).replace(tzinfo=None).isoformat(" ") == row["tstamp"]


def test_link_pages_hold_twenty_links_with_everybody_who_clicked(api: Api, campaign: int) -> None:
    """Links are paged, and a link's info is not."""
    pages = [api.rows("link", campaign, page=page) for page in (1, 2, 3, 4)]

    assert [len(page) for page in pages] == [20, 20, 3, 0]
    assert [len(link["info"]) for link in pages[0][:5]] == [6, 3, 2, 0, 2]
    assert list(pages[0][0]) == ["id", "name", "link", "tracked", "a_unique", "a_total", "info"]


def test_a_bounce_has_a_day_and_no_time(api: Api, campaign: int) -> None:
    """A bounce row names its campaign and message, and its tstamp is a date."""
    row = api.rows("bounce", campaign)[0]

    assert date.fromisoformat(row["tstamp"]) < date(2026, 3, 1)
    assert {"id", "listid", "campaignid", "messageid", "type", "code", "counted", "reason", "descript"} < set(row)


def test_unsubscriptions_tell_a_reason(api: Api, campaign: int) -> None:
    """An unsubscription row tells who, when and why."""
    rows = api.rows("unsubscription", campaign)

    assert len(rows) == 3
    assert list(rows[0]) == ["subscriberid", "email", "tstamp", "tstamp_iso", "reason"]


def test_forwards_are_one_page_whatever_the_page(api: Api, campaign: int) -> None:
    """The forward report knows no pages."""
    rows = api.rows("forward", campaign)

    assert list(rows[0]) == ["subscriberid", "email", "tstamp", "tstamp_iso", "times", "email_to"]
    assert api.rows("forward", campaign, page=2) == rows


def test_an_unknown_campaign_has_nothing(api: Api) -> None:
    """A campaign that does not exist gives the end of the data."""
    answer = api.report("open", 999_999)

    assert (answer["result_code"], answer["result_message"]) == (0, "Failed: Nothing is returned")


def test_a_wrong_key_is_told_in_xml_with_a_200(api: Api, campaign: int) -> None:
    """v1 answers a wrong key with a 200 that is not JSON."""
    api.session.headers["Api-Token"] = "wrong"

    response = api.get("/admin/api.php", api_action="campaign_report_open_list", api_output="json", campaignid=campaign)

    assert response.status_code == 200
    assert response.text.startswith("<not_allowed><error>You are not authorized")


def test_a_split_campaign_is_read_message_by_message(make_account: Make, connect: Connect) -> None:
    """Without messageid a split campaign shows its first message only; with it, the rows of that message."""
    account = make_account(plan=Plan(sizes=(CampaignPlan(kind="split", openers=31, messages=3),)))
    split = account.campaigns[0]
    api = connect(account)

    by_message = [api.rows("open", split.id, messageid=message.id) for message in split.messages]

    assert [len(rows) for rows in by_message] == [11, 10, 10]
    assert api.rows("open", split.id) == by_message[0]
    assert len({row["subscriberid"] for rows in by_message for row in rows}) == 31
    assert api.report("open", split.id, messageid=1) == NOTHING


def test_a_draft_has_no_rows(make_account: Make, connect: Connect) -> None:
    """A campaign that was never sent has nothing to report."""
    account = make_account(plan=Plan(sizes=(CampaignPlan(kind="draft"),)))
    api = connect(account)

    assert [api.report(name, account.campaigns[0].id) for name in ("open", "link", "bounce")] == [NOTHING] * 3


@pytest.mark.parametrize(("shape", "expected"), [("list", list), ("object", dict)])
def test_info_has_the_shape_asked_for(shape: str, expected: type, make_account: Make, connect: Connect) -> None:
    """`info` is a list, or an object with numeric keys."""
    api = connect(make_account(plan=ONE, quirks=Quirks(info_shape=shape, empty_info="string")))  # type: ignore[arg-type]

    links = api.rows("link", api.v3("campaigns")["campaigns"][0]["id"])

    assert isinstance(links[0]["info"], expected)
    assert links[3]["info"] == ""


def test_bots_are_left_out_of_totals_and_not_of_info(make_account: Make, connect: Connect) -> None:
    """A link's contacts may outnumber its total."""
    account = make_account(plan=Plan(sizes=(CampaignPlan(clickers=40),)), quirks=Quirks(bots_filtered=True))

    link = connect(account).rows("link", account.campaigns[0].id)[0]

    assert len(link["info"]) == 40 > int(link["a_total"])


@pytest.mark.parametrize(("repeated", "opens_repeat"), [("links", False), ("all", True)])
def test_a_page_can_repeat(repeated: str, opens_repeat: bool, make_account: Make, connect: Connect) -> None:
    """Reports may ignore `page` and give the first one again."""
    account = make_account(plan=ONE, quirks=Quirks(repeated_page=repeated))  # type: ignore[arg-type]
    api, campaign = connect(account), account.campaigns[0].id

    assert api.rows("link", campaign, page=3) == api.rows("link", campaign, page=1)
    assert (api.rows("open", campaign, page=2) == api.rows("open", campaign, page=1)) == opens_repeat


@pytest.mark.parametrize("quirks", [Quirks(ascending_opens=True), Quirks(unsorted_opens=True)], ids=("up", "shuffled"))
def test_the_order_can_be_ignored(quirks: Quirks, make_account: Make, connect: Connect) -> None:
    """Opens may come in another order than the one asked for."""
    account = make_account(plan=ONE, quirks=quirks)

    rows = connect(account).rows("open", account.campaigns[0].id, sort_direction="DESC")

    stamps = [row["tstamp"] for row in rows]
    assert stamps != sorted(stamps, reverse=True)
    assert (stamps == sorted(stamps)) == quirks.ascending_opens


def test_rows_can_lack_the_iso_timestamp(make_account: Make, connect: Connect) -> None:
    """Kinds of row named in the quirk have the naive timestamp alone."""
    account = make_account(plan=ONE, quirks=Quirks(without_tstamp_iso=("unsubscribe",)))
    api, campaign = connect(account), account.campaigns[0].id

    assert "tstamp_iso" not in api.rows("unsubscription", campaign)[0]
    assert "tstamp_iso" in api.rows("open", campaign)[0]


def test_the_two_timestamps_can_differ_by_an_hour(make_account: Make, connect: Connect) -> None:
    """`tstamp` may be an hour behind `tstamp_iso`."""
    account = make_account(plan=ONE, quirks=Quirks(tstamp_hour_behind=True))

    row = connect(account).rows("open", account.campaigns[0].id)[0]

    local = datetime.fromisoformat(row["tstamp_iso"]).replace(tzinfo=None)
    assert (local - datetime.fromisoformat(row["tstamp"])).total_seconds() == 3_600
