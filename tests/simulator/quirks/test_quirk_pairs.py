"""All pairs of quirks at once: whatever is combined, the account answers, and what a reader reads is the truth."""

from collections.abc import Callable
from dataclasses import fields, replace

import pytest

from sendtrail.simulator import Account, Plan, Quirks, TruthRow
from sendtrail.simulator.plan import CampaignPlan
from tests.simulator.quirks.levels import LEVELS, ROWS
from tests.simulator.quirks.pairs import all_pairs, pairs_in
from tests.simulator.reader import Api, read_activities, read_contacts

Connect = Callable[[Account], Api]
Make = Callable[..., Account]
PLAN = Plan(
    sizes=(
        CampaignPlan(openers=45, clickers=12, links=3, bounces=9, unsubscribes=22, forwards=2, sent_days_ago=5),
        CampaignPlan(kind="split", openers=30, links=1, sent_days_ago=3),
        CampaignPlan(kind="draft"),
    ),
    shift_every=9,
    daily_share=0.1,
)


def test_every_quirk_takes_part_and_every_pair_is_there() -> None:
    """A quirk that is added later has to be added here."""
    covered = {pair for row in ROWS for pair in pairs_in(row)}

    assert LEVELS.keys() == {field.name for field in fields(Quirks)}
    assert covered == set(all_pairs(LEVELS))


@pytest.mark.parametrize("number", range(len(ROWS)))
def test_quirks_may_be_combined(number: int, make_account: Make, connect: Connect) -> None:
    """What is read while all moves is in the history; what is read when all is over is the truth."""
    account = make_account(quirks=Quirks(**ROWS[number]), plan=PLAN)  # type: ignore[arg-type]
    api = connect(account)
    account.pass_day()

    meanwhile = read_activities(api)
    account.settle()
    for _ in ("lists", "reports"):  # what is withheld for a day is so from when it is asked for
        read_activities(api), read_contacts(api)
        account.pass_quiet_day()

    assert {_shown(row, account.quirks) for row in meanwhile} <= {
        _shown(row, account.quirks) for row in account.history()
    }
    assert sorted(map(repr, read_activities(api))) == sorted(map(repr, account.truth()))
    assert read_contacts(api) == list(account.contacts_truth())


def _shown(row: TruthRow, quirks: Quirks) -> str:
    """Return a row as a text, without what a list that moves while it is read cannot tell.

    One that comes while the messages are read may seem to be of one that is not listed; and where each event has a row,
    a row that moves on to the next page is counted twice.
    """
    times = 1 if row.event_type in quirks.row_per_event else row.times
    return repr(replace(row, message_id="", times=times))
