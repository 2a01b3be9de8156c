"""Whatever an account really does: what it shows is stored in the end, or it is said what is missing."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from sendtrail.simulator import Quirks, serve
from sendtrail.simulator.quirks import EVENT_TYPES
from tests.e2e.worlds import DAY, DAYS_OF_CHANGE, World, an_account, world
from tests.fakes import FakeClock
from tests.simulator.quirks.pairs import covering_array

# Ten days of each of some eighty accounts take both cores for minutes: `make check` runs them, `make test` does not.
pytestmark = pytest.mark.world

Open = Callable[..., World]
BAD_ROWS = ("text", "null", "no_contact", "no_date", "bad_date", "far_future", "times_word", "huge_number", "nested",
            "link_text", "link_without_info")  # fmt: skip
# Each switch, alone or with what it needs to show.
WHOLE: dict[str, dict[str, Any]] = {
    "as documented": {},
    "two byte-order marks": {"byte_order_marks": 2},
    "blanks around bodies": {"blanks_around_body": True},
    "a PHP warning": {"php_warning": True},
    "Hungarian": {"language": "hungarian"},
    "German": {"language": "german"},
    "lone surrogates": {"garbled_text": "surrogates"},
    "bad bytes": {"garbled_text": "bytes"},
    "numbers": {"ints": True},
    "zero dates": {"zero_dates": True},
    "rare statuses": {"rare_statuses": True},
    "contacts with last opens": {"contact_activity_dates": True},
    "shuffled opens": {"unsorted_opens": True},
    "ascending opens": {"ascending_opens": True},
    "opens sorted within their pages": {"opens_sorted_within_pages": True},
    **{f"pages of {size}": {"report_page_size": size} for size in (7, 10, 50)},
    **{
        f"pages of {size}, counters that leave rows out": {
            "report_page_size": size,
            "counters_leave_out": EVENT_TYPES,
        }
        for size in (10, 20, 50)
    },
    "an end that is a success": {"past_the_end": "success"},
    "a last page that comes again": {"past_the_end": "last_page"},
    "a last page that comes again, counters that leave rows out": {
        "past_the_end": "last_page",
        "counters_leave_out": EVENT_TYPES,
    },
    "links that repeat their page": {"repeated_page": "links"},
    "twenty links without pages": {"twenty_links": True},
    "small pages": {"max_limit": 30},
    "no order of contacts": {"id_greater_ignored": True},
    "updated_after ignored": {"updated_after_ignored": True},
    **{
        f"total {lie}": {"meta_total": lie}
        for lie in ("null", "zero", "zero_string", "page_count", "missing", "no_meta", "too_low", "too_high")
    },
    "a false end": {"false_end": "once"},
    "a false end for a day": {"false_end": "day"},
    "an empty report": {"false_end": "once", "false_end_page": 1},
    "an empty report for a day": {"false_end": "day", "false_end_page": 1},
    "an empty page": {"empty_page": "once"},
    "an empty page for a day": {"empty_page": "day"},
    "an empty list for a day": {"empty_page": "day", "empty_page_number": 1},
    "messages of links and forwards to be named": {"messageid_needed": ("click", "forward")},
    "messages to be named": {"messageid_needed": EVENT_TYPES},
    "messages to be named in Hungarian": {"messageid_needed": EVENT_TYPES, "language": "hungarian"},
    "messages to be named, counters missing": {"messageid_needed": EVENT_TYPES, "odd_counters": "missing"},
    "messages to be named, an empty report for a day": {
        "messageid_needed": EVENT_TYPES,
        "false_end": "day",
        "false_end_page": 1,
    },
    "messages that are ignored": {"messageid_ignored": EVENT_TYPES},
    "messages to be named, and ignored": {"messageid_needed": EVENT_TYPES, "messageid_ignored": EVENT_TYPES},
    "a message that is not listed": {"unlisted_messages": True},
    "a message that is not listed, messages without counters": {
        "unlisted_messages": True,
        "odd_counters": "missing",
    },
    "counters of zero": {"zero_counters": EVENT_TYPES},
    "counters that freeze": {"frozen_counters": EVENT_TYPES},
    "counters that freeze later": {"frozen_counters": EVENT_TYPES, "counters_freeze_h": 48},
    "counters of opens that freeze": {"frozen_counters": ("open",)},
    "counters of zero for opens": {"zero_counters": ("open",)},
    "a row per event": {"row_per_event": ("open", "click")},
    "a row per event, counters missing": {"row_per_event": ("open", "click"), "odd_counters": "missing"},
    "a row per event, late opens": {"row_per_event": ("open", "click"), "late_opens_h": 30},
    "a row per event, pages of 10": {"row_per_event": ("open", "click"), "report_page_size": 10},
    "no ISO time": {"without_tstamp_iso": EVENT_TYPES},
    "only an ISO time": {"unsubscriptions_without_tstamp": True},
    "times an hour apart": {"tstamp_hour_behind": True},
    "the ancestor's unsubscriptions": {"ancestor_unsubscriptions": True},
    "the ancestor's forwards": {"ancestor_forwards": True},
    "links' info of either shape": {"info_shape": "mixed", "empty_info": "mixed"},
    "bad rows": {"bad_rows": BAD_ROWS},
    **{
        f"counters: {how}": {"odd_counters": how}
        for how in ("thousands", "float", "float_string", "null", "empty", "missing", "word")
    },
    "only opens are unreadable": {"odd_counters": "word", "odd_counter_names": ("opens",)},
    "only unique opens are unreadable": {"odd_counters": "word", "odd_counter_names": ("uniqueopens",)},
    "bots filtered": {"bots_filtered": True},
    "counters that fall": {"counters_fall_on_deletion": EVENT_TYPES},
    "counters run ahead": {"counters_run_ahead": True},
    "late opens": {"late_opens_h": 30},
    "opens that are four days late": {"late_opens_h": 100},
    "opens that are six days late, and stand still": {"late_opens_h": 140, "still_tstamps": ("open",)},
    "late clicks": {"late_clicks_h": 30},
    "rows that vanish": {"rows_vanish_on_deletion": EVENT_TYPES},
    "deletions while reading": {"deletions_while_reading": 5},
    "erased bounces": {"opens_erase_soft_bounces": True},
    "resubscribing, counted": {"resubscribing": "counters_fall"},
    "resubscribing, not counted": {"resubscribing": "counters_stay"},
}
# What cannot be read as long as the account is like this.
PARTIAL: dict[str, dict[str, Any]] = {
    "no bounces for this key": {"no_permission": ("campaign_report_bounce_list",)},
    "no opens for this key": {"no_permission": ("campaign_report_open_list",), "refusal": "status_403"},
    "no contacts for this key": {"no_permission": ("/api/3/contacts",)},
    "totals too high, no order of contacts": {"meta_total": "too_high", "id_greater_ignored": True},
    "reports that repeat their page": {"repeated_page": "all"},
}
MEANINGS: tuple[tuple[str, ...], ...] = ((), ("open",), ("click",), ("open", "click"))
PAIRS = covering_array(
    {
        "language": ("english", "hungarian"),
        "garbled_text": ("never", "mixed"),
        "ascending_opens": (False, True),
        "meta_total": ("right", "page_count"),
        "false_end": ("never", "day"),
        "ancestor_unsubscriptions": (False, True),
        "bad_rows": ((), BAD_ROWS),
        "odd_counters": ("never", "missing"),
        "still_tstamps": ((), ("open", "click")),
        "counters_run_ahead": (False, True),
        "rows_vanish_on_deletion": ((), EVENT_TYPES),
        "resubscribing": ("never", "counters_fall"),
    }
)


@pytest.fixture
def open_world(tmp_path: Path, make_database: Callable[[Path], Path]) -> Iterator[Open]:
    """Return a way to open a world of some quirks, for the length of the test."""
    with ExitStack() as stack:

        def open_(**quirks: Any) -> World:
            account = an_account(Quirks(**quirks))
            url = stack.enter_context(serve(account)).url
            return stack.enter_context(world(account, url, make_database(tmp_path / "test.duckdb"), FakeClock()))

        yield open_


@pytest.mark.parametrize("quirks", WHOLE.values(), ids=WHOLE.keys())
def test_everything_that_is_shown_is_stored_in_the_end(open_world: Open, quirks: dict[str, Any]) -> None:
    """After three days of change and a week of rest, the last sync has nothing to complain about."""
    odd = open_world(**quirks)

    odd.live()

    held = odd.holdings()
    assert (odd.failures, held.missing, held.invented, held.twice) == ([], frozenset(), 0, 0)
    assert odd.has_contacts()


@pytest.mark.parametrize("number", range(len(PAIRS)))
def test_oddities_may_be_combined(open_world: Open, number: int) -> None:
    """Each pair of some that touch each other."""
    odd = open_world(**PAIRS[number])

    odd.live()

    held = odd.holdings()
    assert (odd.failures, held.missing, held.invented, held.twice) == ([], frozenset(), 0, 0)


@pytest.mark.parametrize("still", MEANINGS, ids="+".join)
def test_counts_are_the_accounts_a_day_after_each_change(open_world: Open, still: tuple[str, ...]) -> None:
    """Whether a repeat moves an open or a click to its time, or leaves it where it was."""
    odd = open_world(still_tstamps=still)
    odd.sync()

    for _ in range(2 * DAYS_OF_CHANGE):
        odd.account.pass_day()
        odd.clock.advance(DAY.total_seconds())
        odd.sync()

        held = odd.holdings()
        assert (odd.failures, held.missing, held.is_sound) == ([], frozenset(), True)


def test_rows_that_no_counter_counts_are_in_a_day_later(open_world: Open) -> None:
    """From the second day on: the first one shows that the counters do not follow, and a run says so."""
    odd = open_world(frozen_counters=EVENT_TYPES)
    odd.sync()

    for _ in range(2 * DAYS_OF_CHANGE):
        odd.account.pass_day()
        odd.clock.advance(DAY.total_seconds())
        odd.sync()

        held = odd.holdings()
        assert (odd.failures, held.missing, held.is_sound) == ([], frozenset(), True)
    assert odd.run.stale_counters()


@pytest.mark.parametrize("quirks", PARTIAL.values(), ids=PARTIAL.keys())
def test_what_cannot_be_read_is_said_and_read_when_it_can_be(
    quirks: dict[str, Any], tmp_path: Path, make_database: Callable[[Path], Path]
) -> None:
    """The account is replaced by one that has lived through the same days, and is as documented."""
    database, clock = make_database(tmp_path / "test.duckdb"), FakeClock()
    account, sane = an_account(Quirks(**quirks)), an_account(Quirks())
    with serve(account) as server, world(account, server.url, database, clock) as odd:
        odd.live()
        held = odd.holdings()
        assert odd.failures or (held.missing and held.missing <= held.said)
        assert held.is_sound
    for _ in range(DAYS_OF_CHANGE):
        sane.pass_day()
    for _ in range((clock.now() - sane.now).days):
        sane.pass_quiet_day()
    with serve(sane, port=urlsplit(server.url).port or 0) as again, world(sane, again.url, database, clock) as healed:
        healed.rest()
        held = healed.holdings()
        assert (healed.failures, held.missing, held.invented, held.twice) == ([], frozenset(), 0, 0)
        assert healed.has_contacts()
