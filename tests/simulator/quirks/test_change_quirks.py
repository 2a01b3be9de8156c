"""How rows come, change and go: repeats that move nothing, late rows, deletions, bounces opened, resubscribing."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from sendtrail.simulator import Account, NewActivity, Plan, Quirks, TruthRow
from sendtrail.simulator.plan import CampaignPlan
from sendtrail.simulator.quirks import EVENT_TYPES, EventType
from tests.simulator.reader import Api, read_activities, read_contacts

Connect = Callable[[Account], Api]
Make = Callable[..., Account]
RowName = tuple[str, str, str]
PLAN = Plan(
    sizes=(CampaignPlan(openers=100, clickers=60, links=2, bounces=30, unsubscribes=9, sent_days_ago=5),),
    daily_share=0.2,
)


def _name(row: TruthRow) -> RowName:
    return (row.event_type, row.contact_id, row.link_id)


def _rows(account: Account, event: EventType) -> dict[RowName, TruthRow]:
    return {_name(row): row for row in account.truth() if row.event_type == event}


def _is_true(api: Api, account: Account) -> bool:
    return sorted(map(repr, read_activities(api))) == sorted(map(repr, account.truth()))


def _sums_agree(account: Account) -> bool:
    """Say whether counters are the sums over the rows."""
    counted = account.counters(account.campaigns[0])
    sums = {event: sum(row.times for row in _rows(account, event).values()) for event in EVENT_TYPES}
    told = (counted["opens"], counted["linkclicks"], counted["forwards"])
    return told == (sums["open"], sums["click"], sums["forward"])


@pytest.mark.parametrize(("still", "moving"), [("open", "click"), ("click", "open")])
def test_repeats_may_leave_rows_where_they_are(
    still: EventType, moving: EventType, make_account: Make, connect: Connect
) -> None:
    """Rows of one kind grow without moving, old and new ones, while those of the other kind move."""
    account = make_account(plan=PLAN, quirks=Quirks(still_tstamps=(still,)))  # type: ignore[arg-type]
    before = {event: _rows(account, event) for event in (still, moving)}
    for _ in range(3):
        account.pass_told_day([NewActivity(campaign_id=account.campaigns[0].id, opens=40, clicks=40)])

    after = {event: _rows(account, event) for event in (still, moving)}

    grown = {event: [n for n in before[event] if after[event][n].times > before[event][n].times] for event in after}
    moved = {event: [n for n in grown[event] if _moved(before[event][n], after[event][n])] for event in after}
    assert grown[still]
    assert not moved[still]
    assert grown[moving] == moved[moving] != []
    assert any(row.times > 1 for name, row in after[still].items() if name not in before[still])
    assert [row for row in account.truth() if row.event_type == "open"] == _newest_first(after["open"])
    assert _sums_agree(account)
    assert _is_true(connect(account), account)


def _moved(before: TruthRow, after: TruthRow) -> bool:
    return after.activity_timestamp > before.activity_timestamp


def _newest_first(rows: dict[RowName, TruthRow]) -> list[TruthRow]:
    return sorted(rows.values(), key=lambda row: row.activity_timestamp, reverse=True)


def test_the_history_of_rows_that_stand_still(make_account: Make) -> None:
    """Each state is there once, told apart by its times alone, and the latest is the truth."""
    account = make_account(plan=PLAN, quirks=Quirks(still_tstamps=("open", "click")))
    seen = set(map(repr, account.truth()))
    for _ in range(3):
        account.pass_day()
        seen |= set(map(repr, account.truth()))

    history = list(map(repr, account.history()))

    assert seen <= set(history)
    assert len(set(history)) == len(history)


def test_pages_tell_where_rows_have_grown(make_account: Make) -> None:
    """A page on which a row grew is new, however old the row."""
    account = make_account(plan=PLAN, quirks=Quirks(still_tstamps=("open",)))
    before, since = _rows(account, "open"), account.now
    account.pass_told_day([NewActivity(campaign_id=account.campaigns[0].id, opens=12)])
    after = _newest_first(_rows(account, "open"))

    (told,) = (report for report in account.pages(since) if report.event_type == "open")

    changed = [n for n, row in enumerate(after) if row != before.get(_name(row))]
    assert (told.new_rows, told.new_pages) == (len(changed), len({n // 20 for n in changed}))
    assert told.new_pages > 2


def test_rows_may_come_days_after_the_counters(make_account: Make, connect: Connect) -> None:
    """Clicks are counted at once and listed 30 hours later, in their place among the others; opens are on time."""
    account = make_account(plan=PLAN, quirks=Quirks(late_clicks_h=30))
    api, campaign = connect(account), account.campaigns[0]
    clicks, opens = _rows(account, "click"), _rows(account, "open")
    counted = account.counters(campaign)["linkclicks"]
    account.pass_told_day([NewActivity(campaign_id=campaign.id, opens=20, clicks=20)])

    assert account.counters(campaign)["linkclicks"] == counted + 20
    assert _rows(account, "click") == clicks
    assert _rows(account, "open") != opens
    assert _is_true(api, account)
    account.pass_quiet_hours(18)
    some = _rows(account, "click")
    account.pass_quiet_hours(12)
    assert clicks != some != _rows(account, "click")
    assert _sums_agree(account)
    assert _is_true(api, account)


def test_late_opens_keep_the_order_of_the_list(make_account: Make) -> None:
    """A row that comes late has the instant of its event, and stands below those that came in time later on."""
    account = make_account(plan=PLAN, quirks=Quirks(late_opens_h=5))
    for _ in range(2):
        account.pass_told_day([NewActivity(campaign_id=account.campaigns[0].id, opens=30)])
    late = account.counters(account.campaigns[0])["opens"] - sum(row.times for row in _rows(account, "open").values())

    opens = [row for row in account.truth() if row.event_type == "open"]

    assert opens == sorted(opens, key=lambda row: row.activity_timestamp, reverse=True)
    assert 0 < late < 30
    account.settle()
    assert _sums_agree(account)


@pytest.mark.parametrize("vanishing", [(), ("click",), EVENT_TYPES])
@pytest.mark.parametrize("falling", [(), ("click",), EVENT_TYPES])
def test_a_deletion_takes_rows_and_counters_along(
    vanishing: tuple[EventType, ...], falling: tuple[EventType, ...], make_account: Make, connect: Connect
) -> None:
    """Rows of the kinds that vanish are gone, others stay; counters of the kinds that fall count who is left."""
    quirks = Quirks(rows_vanish_on_deletion=vanishing, counters_fall_on_deletion=falling)
    account = make_account(plan=PLAN, quirks=quirks)
    before = {event: _rows(account, event) for event in EVENT_TYPES}
    counted = account.counters(account.campaigns[0])
    gone = {contact.id for contact in account.contacts_truth()}
    account._movement.contact_changes(account._pass(timedelta(days=1)))
    gone -= {contact.id for contact in account.contacts_truth()}

    after = {event: _rows(account, event) for event in EVENT_TYPES}

    for event in EVENT_TYPES:
        left = {name for name in before[event] if name[1] not in gone or event not in vanishing}
        assert set(after[event]) == left
    for counter, event in (("uniquelinkclicks", "click"), ("uniqueopens", "open"), ("unsubscribes", "unsubscribe")):
        lost = sum(name[1] in gone for name in before[event]) if event in falling else 0
        assert account.counters(account.campaigns[0])[counter] == counted[counter] - lost
    assert any(name[1] in gone for name in before["open"] | before["click"])
    assert _is_true(connect(account), account)


def test_a_deletion_may_hide_an_open(make_account: Make) -> None:
    """Where counters fall, one contact gone and one new open leave them as they were, and the list is another."""
    quirks = Quirks(rows_vanish_on_deletion=("open",), counters_fall_on_deletion=("open",))
    account = make_account(plan=PLAN, quirks=quirks)
    campaign, before = account.campaigns[0], _rows(account, "open")
    counted = account.counters(campaign)
    once = next(row for row in before.values() if row.times == 1)

    account.delete_contact(int(once.contact_id))
    account.pass_told_day([NewActivity(campaign_id=campaign.id, opens=1)])

    after = _rows(account, "open")
    assert account.counters(campaign)["opens"] == counted["opens"]
    assert before.keys() - after.keys() == {_name(once)}
    assert sum(row.times for row in after.values()) == counted["opens"]
    assert after != before


def test_contacts_may_be_deleted_while_they_are_read(make_account: Make, connect: Connect) -> None:
    """Rows move up over the border of a page, so that a reader in order misses some that are there all the while."""
    account = make_account(plan=PLAN, quirks=Quirks(deletions_while_reading=1))
    api, campaign = connect(account), account.campaigns[0].id
    before = _rows(account, "open")

    read = {row["subscriberid"] for page in range(1, 7) for row in api.rows("open", campaign, page=page)}

    there = {name[1] for name in _rows(account, "open")}
    assert len(before) - 6 <= len(there) < len(before)
    assert there - read
    assert set(before) <= {_name(row) for row in account.history()}
    account.settle()
    assert _is_true(api, account)
    assert read_contacts(api) == list(account.contacts_truth())


def test_an_open_may_erase_a_soft_bounce(make_account: Make, connect: Connect) -> None:
    """The bounce vanishes, its counter falls, and the contact is among the openers; history knows the bounce."""
    account = make_account(plan=PLAN, quirks=Quirks(opens_erase_soft_bounces=True))
    bounces, counted = _rows(account, "bounce"), account.counters(account.campaigns[0])
    account.pass_told_day([NewActivity(campaign_id=account.campaigns[0].id, opens=30)])

    erased = set(bounces) - set(_rows(account, "bounce"))

    after = account.counters(account.campaigns[0])
    assert erased
    assert {bounces[name].detail["type"] for name in erased} == {"soft"}
    assert after["softbounces"] == counted["softbounces"] - len(erased)
    assert after["hardbounces"] == counted["hardbounces"]
    assert {name[1] for name in erased} <= {name[1] for name in _rows(account, "open")}
    assert erased <= {_name(row) for row in account.history()}
    assert _sums_agree(account)
    assert _is_true(connect(account), account)


@pytest.mark.parametrize(("way", "lost"), [("counters_fall", 1), ("counters_stay", 0)])
def test_who_subscribes_again_is_not_unsubscribed(way: str, lost: int, make_account: Make, connect: Connect) -> None:
    """A day takes one row away, and the counter falls or stays; the contact is active in its lists."""
    account = make_account(plan=PLAN, quirks=Quirks(resubscribing=way))  # type: ignore[arg-type]
    left, counted = _rows(account, "unsubscribe"), account.counters(account.campaigns[0])["unsubscribes"]
    account.pass_told_day([NewActivity(campaign_id=account.campaigns[0].id, opens=1)])

    (back,) = set(left) - set(_rows(account, "unsubscribe"))

    (contact,) = (contact for contact in account.contacts_truth() if contact.id == back[1])
    assert {status for _, status in contact.lists} == {1}
    assert account.counters(account.campaigns[0])["unsubscribes"] == counted - lost
    assert back in {_name(row) for row in account.history()}
    assert _is_true(connect(account), account)
