"""In which ways a simulated account is odd: of those that hide nothing for ever, some are drawn."""

from dataclasses import replace
from random import Random
from typing import Any

from sendtrail.simulator import Quirks
from sendtrail.simulator.quirks import EVENT_TYPES

ODDITIES: tuple[dict[str, Any], ...] = (
    {"byte_order_marks": 2},
    {"blanks_around_body": True},
    {"php_warning": True},
    {"language": "hungarian"},
    {"garbled_text": "surrogates"},
    {"ints": True},
    {"rare_statuses": True},
    {"unsorted_opens": True},
    {"ascending_opens": True},
    {"repeated_page": "links"},
    {"max_limit": 30},
    {"updated_after_ignored": True},
    {"meta_total": "zero_string"},
    {"meta_total": "missing"},
    {"meta_total": "page_count"},
    {"false_end": "once"},
    {"false_end": "day"},
    {"empty_page": "once"},
    {"empty_page": "once", "max_limit": 30, "meta_total": "missing"},
    {"empty_page": "once", "max_limit": 30},
    {"messageid_needed": ("click", "forward")},
    {"without_tstamp_iso": EVENT_TYPES},
    {"ancestor_unsubscriptions": True},
    {"ancestor_forwards": True},
    {"bad_rows": ("text", "no_date", "huge_number", "link_without_info")},
    {"odd_counters": "thousands"},
    {"odd_counters": "word"},
    {"odd_counters": "missing"},
    {"still_tstamps": ("open",)},
    {"still_tstamps": ("click",)},
    {"still_tstamps": ("open", "click")},
    {"counters_fall_on_deletion": EVENT_TYPES},
    {"counters_run_ahead": True},
    {"late_opens_h": 30},
    {"late_clicks_h": 30},
    {"rows_vanish_on_deletion": EVENT_TYPES},
    {"deletions_while_reading": 5},
    {"opens_erase_soft_bounces": True},
    {"resubscribing": "counters_fall"},
    {"resubscribing": "counters_stay"},
)


IN_TIME = (
    "byte_order_marks",
    "blanks_around_body",
    "php_warning",
    "language",
    "garbled_text",
    "ints",
    "repeated_page",
    "max_limit",
    "updated_after_ignored",
    "meta_total",
    "empty_page",
    "messageid_needed",
    "without_tstamp_iso",
)
"""With these alone, an account shows its rows as soon as one that is as documented.

An end that comes too early (`false_end`) is believed where the counters are reached, which may be older.
"""


def is_in_time(quirks: Quirks) -> bool:
    """Return whether an account shows its rows as soon as one that is as documented."""
    in_time = replace(quirks, **{name: getattr(Quirks(), name) for name in IN_TIME})
    return in_time == Quirks()


def is_only_late(quirks: Quirks) -> bool:
    """Return whether an account shows its rows as one that is as documented does, but for what it shows hours late."""
    return is_in_time(replace(quirks, late_opens_h=0, late_clicks_h=0))


def drawn_quirks(random: Random) -> Quirks:
    """Return the quirks of an account: none, one or two at once."""
    drawn: dict[str, Any] = {}
    for oddity in random.sample(ODDITIES, random.choice((0, 1, 2))):
        drawn = {**oddity, **drawn}
    return Quirks(**drawn)
