"""Oddities of single values in the v3 lists."""

from dataclasses import dataclass
from typing import Literal

Subjects = Literal["plain", "null", "missing", "entities", "any_script"]


@dataclass(frozen=True, kw_only=True)
class ValueQuirks:
    """How values are written, and which ones there are."""

    ints: bool = False
    """Ids, counters and totals are numbers rather than strings."""
    zero_dates: bool = False
    """Absent dates are "", null, "0000-00-00" or "0000-00-00 00:00:00" by turns, rather than always null."""
    rare_statuses: bool = False
    """Of four campaigns that were sent, one has status 6 (disabled) and one status 7 (pending review)."""
    contact_activity_dates: bool = False
    """Contacts say when they last opened and clicked in any campaign (`last_open_date`, `last_click_date`,
    `last_mpp_open_date`: naive US Central), and whether Apple hides their opens (`mpp_tracking`). Otherwise the dates
    are null."""
    unnamed_messages: bool = False
    """Campaigns in the list do not name their first message (`message_id`)."""
    subjects: Subjects = "plain"
    """How messages write their subject lines: null, without the field, with HTML entities and a line break, or with
    other scripts and emoji."""
