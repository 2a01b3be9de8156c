"""What happens while days pass, and while an account is being read."""

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Thread

from sendtrail.simulator import Account, Plan, Quirks, TruthRow
from sendtrail.simulator.plan import CampaignPlan
from sendtrail.simulator.quirks import EVENT_TYPES
from tests.simulator.reader import Api, read_activities

Connect = Callable[[Account], Api]
Make = Callable[..., Account]
RowName = tuple[int, str, str, str, str]


def _name(row: TruthRow) -> RowName:
    return (row.campaign_id, row.message_id, row.event_type, row.contact_id, row.link_id)


def _by_name(account: Account) -> dict[RowName, TruthRow]:
    return {_name(row): row for row in account.truth()}


def test_a_day_brings_news_to_some_campaigns(account: Account) -> None:
    """After a day some campaigns' counters have moved and others' have not."""
    before = {campaign.id: campaign.counters for campaign in account.campaigns_truth()}

    account.pass_day()

    moved = [campaign.kind for campaign in account.campaigns_truth() if campaign.counters != before[campaign.id]]
    assert 0 < len(moved) < len(before)
    assert "draft" not in moved


def test_new_rows_are_of_the_day(account: Account) -> None:
    """What happens on a day has timestamps within it."""
    start, before = account.now, set(_by_name(account))

    account.pass_day()

    new = [row for name, row in _by_name(account).items() if name not in before and row.event_type != "bounce"]
    assert new
    assert all(start < row.activity_timestamp <= account.now == start + timedelta(days=1) for row in new)


def test_a_reopened_row_moves_to_the_top(make_account: Make) -> None:
    """Who opens again has a later timestamp, a greater count, and a row above all older ones."""
    account = make_account(plan=Plan(sizes=(CampaignPlan(openers=200, links=0, sent_days_ago=5),), daily_share=0.1))
    before = _by_name(account)
    account.pass_day()

    opens = [row for row in account.truth() if row.event_type == "open"]

    again = [row for row in opens if _name(row) in before and row.times > before[_name(row)].times]
    assert again
    assert all(row.activity_timestamp > before[_name(row)].activity_timestamp for row in again)
    assert opens == sorted(opens, key=lambda row: row.activity_timestamp, reverse=True)


def test_every_kind_of_event_happens(make_account: Make) -> None:
    """In some days there are opens, clicks, bounces, unsubscriptions and forwards."""
    account = make_account(plan=Plan(campaigns=10, openers=500, daily_share=0.2))
    before = set(_by_name(account))

    for _ in range(3):
        account.pass_day()

    new = {name[2] for name in set(_by_name(account)) - before}
    assert new == {"open", "click", "bounce", "unsubscribe", "forward"}


def test_contacts_are_added_edited_and_deleted(account: Account) -> None:
    """A day changes contacts in every way."""
    before = {contact.id: contact for contact in account.contacts_truth()}

    account.pass_day()

    after = {contact.id: contact for contact in account.contacts_truth()}
    kept = [(before[contact_id], after[contact_id]) for contact_id in before.keys() & after.keys()]
    assert after.keys() - before.keys()
    assert before.keys() - after.keys()
    assert any(one.first_name != other.first_name for one, other in kept)
    assert any(one.tags != other.tags for one, other in kept)
    assert any(one.lists != other.lists for one, other in kept)


def test_rows_of_deleted_contacts_stay(account: Account) -> None:
    """Report rows outlive their contacts."""
    before = set(_by_name(account))

    for _ in range(5):
        account.pass_day()

    assert before <= set(_by_name(account))


def test_rows_can_vanish_with_their_contacts(make_account: Make, connect: Connect) -> None:
    """With the quirk no report tells of a deleted contact, and the history still does."""
    quirks = Quirks(rows_vanish_on_deletion=EVENT_TYPES)
    account = make_account(quirks=quirks, plan=Plan(campaigns=5, openers=100, daily_share=0.2))
    before = _by_name(account)

    account.pass_day()

    there = {contact.id for contact in account.contacts_truth()}
    vanished = set(before) - set(_by_name(account))
    assert vanished
    assert all(name[3] not in there for name in vanished)
    assert vanished <= {_name(row) for row in account.history()}
    assert sorted(map(repr, read_activities(connect(account)))) == sorted(map(repr, account.truth()))


def test_a_quiet_day_moves_the_clock_alone(account: Account) -> None:
    """Nothing happens on a quiet day."""
    now, rows, contacts = account.now, list(account.truth()), list(account.contacts_truth())

    account.pass_quiet_day()

    assert account.now == now + timedelta(days=1)
    assert (list(account.truth()), list(account.contacts_truth())) == (rows, contacts)


def test_counters_can_run_ahead_of_lists(make_account: Make) -> None:
    """With the quirk the news of a day is in the counters at once, and in the lists a day later."""
    account = make_account(quirks=Quirks(counters_run_ahead=True))
    rows, opens = list(account.truth()), _opens(account)

    account.pass_day()

    assert list(account.truth()) == rows
    assert _opens(account) > opens
    account.pass_quiet_day()
    assert _opens(account) == sum(row.times for row in account.truth() if row.event_type == "open")


def _opens(account: Account) -> int:
    return sum(campaign.counters["opens"] for campaign in account.campaigns_truth())


def test_rows_shift_while_they_are_read(make_account: Make, connect: Connect) -> None:
    """With shift_every rows arrive between pages, so that the second begins with rows of the first."""
    plan = Plan(sizes=(CampaignPlan(openers=60),), shift_every=1)
    account = make_account(plan=plan)
    api, campaign = connect(account), account.campaigns[0].id

    pages = [api.rows("open", campaign, page=page, sort_direction="DESC") for page in (1, 2)]

    first, second = ([row["subscriberid"] for row in page] for page in pages)
    assert set(first) & set(second)


def test_what_is_read_while_rows_shift_is_in_the_history(make_account: Make, connect: Connect) -> None:
    """Every row read from a moving account is a state that the history knows."""
    account = make_account(plan=Plan(campaigns=4, openers=60, shift_every=2))

    read = read_activities(connect(account))

    assert set(map(repr, read)) <= set(map(repr, account.history()))


def test_a_settled_account_does_not_shift(make_account: Make, connect: Connect) -> None:
    """After `settle` reading changes nothing."""
    account = make_account(plan=Plan(campaigns=4, openers=60, shift_every=1))
    api = connect(account)
    read_activities(api)
    account.settle()

    assert sorted(map(repr, read_activities(api))) == sorted(map(repr, account.truth()))


def _pass_days(account: Account, days: int) -> None:
    for _ in range(days):
        account.pass_day()


def test_an_account_can_be_moved_while_it_is_read(make_account: Make, connect: Connect) -> None:
    """Days may pass in one thread while another reads; all that is read was true at some time."""
    account = make_account(plan=Plan(campaigns=6, openers=100, daily_share=0.1))
    api = connect(account)
    days = Thread(target=_pass_days, args=(account, 20))

    days.start()
    read = read_activities(api)
    days.join()

    assert set(map(repr, read)) <= set(map(repr, account.history()))


def test_the_same_seed_gives_the_same_account(make_account: Make) -> None:
    """Seed, instant and plan determine everything, days that pass included; another seed gives another account."""
    accounts = [make_account(seed=seed) for seed in (3, 3, 4)]
    for account in accounts:
        account.pass_day()

    told = [(list(account.truth()), list(account.contacts_truth())) for account in accounts]

    assert told[0] == told[1]
    assert told[0] != told[2]


def test_without_an_instant_the_clock_ticks(make_account: Make) -> None:
    """An account without `now` begins at the real time."""
    account = make_account(now=None)

    assert abs((account.now - datetime.now(account.now.tzinfo)).total_seconds()) < 5
