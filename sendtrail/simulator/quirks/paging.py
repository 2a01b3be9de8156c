"""Oddities of lists: their order, their pages, their ends and what they say of their length."""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from sendtrail.simulator.quirks.events import EventType

MetaTotal = Literal["right", "null", "zero", "zero_string", "page_count", "missing", "no_meta", "too_high", "too_low"]
Spell = Literal["never", "once", "day"]
PastTheEnd = Literal["nothing", "success", "last_page"]


@dataclass(frozen=True, kw_only=True)
class PagingQuirks:
    """How lists are paged."""

    unsorted_opens: bool = False
    """Opens come shuffled, whatever the order asked for."""
    ascending_opens: bool = False
    """Opens come oldest first, whatever the order asked for."""
    opens_sorted_within_pages: bool = False
    """Opens come newest first within each page, and the pages oldest first."""
    report_page_size: Annotated[int, Field(ge=1, le=1_000)] = 20
    """Rows, or links, that a page of a v1 report holds at most."""
    past_the_end: PastTheEnd = "nothing"
    """How a v1 report answers past its last page: that nothing is returned, with a success without rows, or with the
    last page once more."""
    repeated_page: Literal["never", "links", "all"] = "never"
    """Reports that ignore `page` and repeat the first one. Truth leaves out the links that are never shown."""
    twenty_links: bool = False
    """Every message has exactly 20 links, and the link report ignores `page`."""
    max_limit: Annotated[int, Field(ge=1)] = 100
    """Rows a v3 page holds at most, whatever `limit` says."""
    id_greater_ignored: bool = False
    """The contacts list starts at the beginning whatever `id_greater` says."""
    updated_after_ignored: bool = False
    """The contacts list holds every contact whatever `filters[updated_after]` says."""
    meta_total: MetaTotal = "right"
    """What v3 lists say of their length: null, 0, "0", the rows of this page, nothing (`total` or all of `meta` is
    missing), half as much again, or half."""
    false_end: Spell = "never"
    """A page of every v1 report passes for the end of the data although it has rows: the first time it is asked for, or
    until a day has passed since then. `false_end_page` says which page."""
    false_end_page: Annotated[int, Field(ge=1)] = 2
    """The page of a v1 report that `false_end` empties."""
    empty_page: Spell = "never"
    """A page of every v3 list shows none of its rows: the first time it is asked for, or until a day has passed since
    then. `empty_page_number` says which page."""
    empty_page_number: Annotated[int, Field(ge=1)] = 2
    """The page of a v3 list that `empty_page` empties."""
    messageid_needed: tuple[EventType, ...] = ()
    """Reports that are empty unless `messageid` is given, whatever the counters say. Truth then names the message."""
    messageid_ignored: tuple[EventType, ...] = ()
    """Reports that show the rows of all messages of a split campaign, whichever `messageid` is given. Truth then names
    the message only where the rows do."""
    unlisted_messages: bool = False
    """The last message of a split campaign is not among its `campaignMessages`, and without `messageid` its reports
    show the rows of all messages. Truth then names that message only where the rows do."""
