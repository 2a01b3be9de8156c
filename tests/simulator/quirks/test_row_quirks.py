"""Rows of reports: the ancestor's fields, and rows that nobody can read."""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any, get_args

import pytest

from sendtrail.simulator import Account, Plan, Quirks, TruthRow
from sendtrail.simulator.plan import CampaignPlan
from sendtrail.simulator.quirks import EventType
from sendtrail.simulator.quirks.rows import BadRow
from tests.simulator.reader import Api, numbered, read_activities

Connect = Callable[[Account], Api]
Make = Callable[..., Account]
PLAN = Plan(
    sizes=(
        CampaignPlan(openers=50, clickers=30, bounces=30, unsubscribes=30, forwards=3, sent_days_ago=5),
        CampaignPlan(kind="draft"),
    )
)
BAD: tuple[BadRow, ...] = get_args(BadRow)
_EVENTS: tuple[EventType, ...] = ("open", "bounce", "unsubscribe", "forward")
ROWS = {"open": 50, "bounce": 30, "unsubscription": 30, "forward": 3}


def _all_rows(api: Api, name: str, campaign: int) -> list[Any]:
    pages = [api.rows(name, campaign, page=page) for page in (1, 2, 3, 4)]
    return pages[0] if name == "forward" else [row for page in pages for row in page]


def test_opens_and_clicks_may_have_a_row_each(make_account: Make, connect: Connect) -> None:
    """None says how many there were, so that rows are as many as the counters of events, and truth counts them."""
    account = make_account(quirks=Quirks(row_per_event=("open", "click")), plan=PLAN)
    api, campaign = connect(account), account.campaigns[0]
    account.pass_day()

    opens, links = _all_rows(api, "open", campaign.id), numbered(api.report("link", campaign.id))

    counted = account.counters(campaign)
    assert {row["times"] for row in opens} == {"1"}
    assert len({row["subscriberid"] for row in opens}) < len(opens) == min(80, counted["opens"])
    assert sum(len(link["info"]) for link in links) == counted["linkclicks"]
    assert [int(link["a_total"]) for link in links] == [len(link["info"]) for link in links]
    assert sorted(map(repr, read_activities(api))) == sorted(map(repr, account.truth()))
    assert _largest_times(account.truth()) == _largest_times(_like(account, make_account).truth())


def _like(account: Account, make_account: Make) -> Account:
    """Return an account with the same days and a row per contact."""
    plain = make_account(plan=account.plan)
    plain.pass_day()
    return plain


def _largest_times(rows: Iterable[TruthRow]) -> dict[tuple[str, str, str], int]:
    largest: dict[tuple[str, str, str], int] = {}
    for row in rows:
        key = (row.event_type, row.contact_id, row.link_id)
        largest[key] = max(row.times, largest.get(key, 0))
    return largest


def test_events_of_a_deleted_contact_vanish_together(make_account: Make) -> None:
    """History keeps them."""
    quirks = Quirks(row_per_event=("open",), rows_vanish_on_deletion=("open",))
    account = make_account(quirks=quirks, plan=PLAN)
    often = next(row.contact_id for row in account.truth() if row.event_type == "open" and row.times > 1)

    account.delete_contact(int(often))

    assert often not in {row.contact_id for row in account.truth() if row.event_type == "open"}
    times = [row.times for row in account.history() if (row.event_type, row.contact_id) == ("open", often)]
    assert times == list(range(len(times), 0, -1))


def test_unsubscriptions_may_have_a_row_per_list(make_account: Make, connect: Connect) -> None:
    """Each has `udate`, `unsubreason` and `listid` and no other date or reason, and truth counts contacts."""
    account = make_account(quirks=Quirks(ancestor_unsubscriptions=True), plan=PLAN)
    api = connect(account)

    rows = _all_rows(api, "unsubscription", account.campaigns[0].id)

    lists = Counter(row["subscriberid"] for row in rows)
    assert all(row.keys() == {"subscriberid", "email", "udate", "unsubreason", "listid"} for row in rows)
    assert set(lists.values()) == {1, 2}
    assert account.counters(account.campaigns[0])["unsubscribes"] == len(lists) == 30
    assert sorted(map(repr, read_activities(api))) == sorted(map(repr, account.truth()))


def test_forwards_may_look_like_the_ancestors(make_account: Make, connect: Connect) -> None:
    """The count is `a_times`, the forwarder `email_from`, and the row names its message."""
    account = make_account(quirks=Quirks(ancestor_forwards=True), plan=PLAN)
    api = connect(account)

    rows = _all_rows(api, "forward", account.campaigns[0].id)

    names = {"subscriberid", "messageid", "email_from", "tstamp", "a_times", "email_to", "brief_message"}
    assert all(row.keys() == names for row in rows)
    assert {row["a_times"] for row in rows} == {"1", "2"}
    assert {row.message_id for row in account.truth() if row.event_type == "forward"} == {rows[0]["messageid"]}
    assert sorted(map(repr, read_activities(api))) == sorted(map(repr, account.truth()))


@pytest.mark.parametrize("kind", BAD)
def test_every_report_may_hold_a_row_that_nobody_can_read(kind: BadRow, make_account: Make, connect: Connect) -> None:
    """All reports have as many more rows as `unreadable` says, 20 to a page, and truth knows none of them."""
    plain, account = make_account(plan=PLAN), make_account(quirks=Quirks(bad_rows=(kind,)), plan=PLAN)
    api, campaign = connect(account), account.campaigns[0]

    found = {name: len(_all_rows(api, name, campaign.id)) - rows for name, rows in ROWS.items()}

    told = Counter(row.event_type for row in account.unreadable())
    assert list(found.values()) == [told[event] for event in _EVENTS]
    assert len(api.rows("open", campaign.id)) == 20
    assert {row.kind for row in account.unreadable()} == {kind}
    assert list(account.truth()) == list(plain.truth())
    assert sorted(map(repr, read_activities(api))) == sorted(map(repr, account.truth()))


def test_bad_rows_are_counted(make_account: Make) -> None:
    """Counters are the sums over all rows, those that nobody can read included; drafts have none."""
    account = make_account(quirks=Quirks(bad_rows=BAD), plan=PLAN)
    sent, draft = account.campaigns_truth()
    rows, bad = list(account.truth()), Counter(row.event_type for row in account.unreadable())
    links = sum(row.kind.startswith("link_") for row in account.unreadable())

    assert sent.counters["opens"] == sum(row.times for row in rows if row.event_type == "open") + bad["open"]
    assert sent.counters["hardbounces"] + sent.counters["softbounces"] == 30 + bad["bounce"]
    assert sent.counters["uniquelinkclicks"] == sum(row.event_type == "click" for row in rows) + bad["click"] - links
    assert set(draft.counters.values()) == {0}


def test_bad_clicks_are_in_the_first_link(make_account: Make, connect: Connect) -> None:
    """They follow the first clicker, whatever the shape of `info`; bad links follow the first link."""
    quirks = Quirks(bad_rows=BAD, info_shape="object")
    account = make_account(quirks=quirks, plan=PLAN)

    links: list[Any] = numbered(connect(account).report("link", account.campaigns[0].id))

    info: list[Any] = numbered(links[0]["info"])
    assert len(info) == 30 + 9
    assert info[1:3] == ["not a row", None]
    assert isinstance(info[9]["email"], dict)
    assert links[1] == "not a link"
    assert "info" not in links[2]
    assert len(links) == 4 + 2


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("text", '"1":"not a row"'),
        ("null", '"1":null'),
        ("bad_date", '"tstamp_iso":"the day before yesterday"'),
        ("far_future", '"tstamp_iso":"9999-12-31T23:59:59-06:00"'),
        ("times_word", '"times":"many"'),
        ("huge_number", '"times":' + "9" * 5_000),
        ("nested", '"email":{"value":[[{"value":["7"]}]]}'),
    ],
)
def test_what_bad_rows_look_like(kind: BadRow, text: str, make_account: Make, connect: Connect) -> None:
    """Each kind breaks one thing in a row that is otherwise as the others."""
    account = make_account(quirks=Quirks(bad_rows=(kind,)), plan=PLAN)

    assert text in connect(account).v1("open", account.campaigns[0].id).text


def test_a_bad_row_may_lack_its_contact_or_its_date(make_account: Make, connect: Connect) -> None:
    """The rest of the row is there."""
    account = make_account(quirks=Quirks(bad_rows=("no_contact", "no_date")), plan=PLAN)

    rows = connect(account).rows("open", account.campaigns[0].id)

    assert [set(row) for row in rows[1:3]] == [{"tstamp", "tstamp_iso", "times"}, {"subscriberid", "email", "times"}]
