"""Oddities of the rows of reports: their fields, their shapes, and rows that nobody can read."""

from dataclasses import dataclass
from typing import Literal

from sendtrail.simulator.quirks.events import EventType

BadRow = Literal[
    "text",
    "null",
    "no_contact",
    "no_date",
    "bad_date",
    "far_future",
    "times_word",
    "huge_number",
    "nested",
    "link_text",
    "link_without_info",
]


@dataclass(frozen=True, kw_only=True)
class RowQuirks:
    """What rows of reports look like; the ancestor is the program that the API comes from, whose source is public."""

    row_per_event: tuple[Literal["open", "click"], ...] = ()
    """Kinds of event that have a row each, with `times` 1, in place of a row per contact (clicks: of a link). Truth has
    each with how many its contact had by then. `still_tstamps` makes no difference to them."""
    without_tstamp_iso: tuple[EventType, ...] = ()
    """Kinds of row without `tstamp_iso`: only the naive local `tstamp` is left."""
    unsubscriptions_without_tstamp: bool = False
    """Unsubscription rows carry `tstamp_iso` alone."""
    tstamp_hour_behind: bool = False
    """`tstamp` is an hour behind `tstamp_iso` in rows that have both."""
    ancestor_unsubscriptions: bool = False
    """Unsubscriptions have a row per list of the contact, with `listid`, the naive local `udate` and `unsubreason` in
    place of any `tstamp` and `reason`. Truth and counter still count the contact once."""
    ancestor_forwards: bool = False
    """Forwards have `email_from`, `a_times`, `email_to`, `brief_message`, `messageid` and a naive local `tstamp`, and
    neither `email` nor `times`. Truth then names the message."""
    info_shape: Literal["list", "object", "mixed"] = "list"
    """What a link's `info` is: a list, an object with numeric keys, or either by turns."""
    empty_info: Literal["list", "string", "mixed"] = "list"
    """What `info` is when nobody clicked: a list, "", or either by turns."""
    bad_rows: tuple[BadRow, ...] = ()
    """Unreadable rows, one of each kind, that every report with rows has after its first row (clicks: in its first
    link). link_text and link_without_info are links. Truth leaves them out, counters count them (links aside), and
    `Account.unreadable()` says where they are."""
