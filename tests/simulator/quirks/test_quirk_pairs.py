"""All pairs of quirks at once: whatever is combined, the account answers, and what a reader reads is the truth."""

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

import pytest

from sendtrail.simulator import Account, Plan, Quirks, TruthRow
from sendtrail.simulator.plan import CampaignPlan
from sendtrail.simulator.quirks import EVENT_TYPES
from tests.simulator.quirks.pairs import all_pairs, covering_array, pairs_in
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
LEVELS: dict[str, tuple[Any, ...]] = {
    "byte_order_marks": (0, 2),
    "blanks_around_body": (False, True),
    "php_warning": (False, True),
    "language": ("english", "hungarian"),
    "garbled_text": ("never", "mixed"),
    "ints": (False, True),
    "zero_dates": (False, True),
    "rare_statuses": (False, True),
    "contact_activity_dates": (False, True),
    "unsorted_opens": (False, True),
    "ascending_opens": (False, True),
    "opens_sorted_within_pages": (False, True),
    "report_page_size": (20, 10, 50),
    "past_the_end": ("nothing", "success", "last_page"),
    "repeated_page": ("never", "links"),
    "twenty_links": (False, True),
    "max_limit": (100, 30),
    "id_greater_ignored": (False, True),
    "updated_after_ignored": (False, True),
    "meta_total": ("right", "null", "page_count", "no_meta"),
    "false_end": ("never", "once", "day"),
    "false_end_page": (2, 1),
    "empty_page": ("never", "once", "day"),
    "empty_page_number": (2, 1),
    "messageid_needed": ((), ("click", "forward")),
    "messageid_ignored": ((), EVENT_TYPES),
    "unlisted_messages": (False, True),
    "row_per_event": ((), ("open", "click")),
    "without_tstamp_iso": ((), EVENT_TYPES),
    "unsubscriptions_without_tstamp": (False, True),
    "tstamp_hour_behind": (False, True),
    "ancestor_unsubscriptions": (False, True),
    "ancestor_forwards": (False, True),
    "info_shape": ("list", "mixed"),
    "empty_info": ("list", "mixed"),
    "bad_rows": ((), ("text", "huge_number", "link_text", "link_without_info")),
    "odd_counters": ("never", "thousands", "missing"),
    "odd_counter_names": ((), ("opens",)),
    "bots_filtered": (False, True),
    "zero_counters": ((), EVENT_TYPES),
    "counters_leave_out": ((), EVENT_TYPES),
    "counters_fall_on_deletion": ((), EVENT_TYPES),
    "frozen_counters": ((), EVENT_TYPES),
    "counters_freeze_h": (0, 12),
    "still_tstamps": ((), ("open", "click")),
    "counters_run_ahead": (False, True),
    "late_opens_h": (0, 30),
    "late_clicks_h": (0, 7),
    "rows_vanish_on_deletion": ((), ("click",)),
    "deletions_while_reading": (0, 5),
    "opens_erase_soft_bounces": (False, True),
    "resubscribing": ("never", "counters_fall", "counters_stay"),
    "no_permission": ((), ("campaign_report_bounce_list",)),
    "refusal": ("not_allowed", "status_403"),
}
ROWS = covering_array(LEVELS)


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

    assert set(map(_without_message, meanwhile)) <= set(map(_without_message, account.history()))
    assert sorted(map(repr, read_activities(api))) == sorted(map(repr, account.truth()))
    assert read_contacts(api) == list(account.contacts_truth())


def _without_message(row: TruthRow) -> str:
    """Return a row as a text; one that comes while the messages are read may seem to be of one that is not listed."""
    return repr(replace(row, message_id=""))
