"""How many requests a run may make without trouble, by what is new in the account."""

from collections.abc import Collection, Iterable
from itertools import groupby
from math import ceil

from sendtrail.simulator.quirks import EventType
from sendtrail.simulator.report_lists.page_counts import TruthPages

CAMPAIGN_LIST = 1
"""Requests of a run that finds nothing: the counters of up to 100 campaigns."""
ALLOWED_SHARE = 1.25
OVERLAP_PAGES = 2
"""Pages of a list, newest first, that are read on until nothing is new for as long as the overlap is."""


# A report of a campaign: what happened, and the campaign's id.
ReportKey = tuple[int, EventType]


def most_requests(pages: Iterable[TruthPages], *, moved: Collection[ReportKey]) -> int:
    """Return how many requests a run may make at most, whose account has these pages and new ones among them.

    `moved` are the reports whose counters have moved: also without a new row, as of one that came and went again.
    What nobody can do without: the list of campaigns; the messages of a campaign that has several; of each kind of
    report whose counter moved, the pages with something new, or the first one, of every message, as counters are the
    campaign's.
    """
    fewest, beside = CAMPAIGN_LIST, 0
    ordered = sorted(pages, key=lambda page: (page.campaign_id, page.event_type))
    split = set()
    for (campaign_id, event_type), group in groupby(ordered, key=lambda page: (page.campaign_id, page.event_type)):
        lists = list(group)
        if (campaign_id, event_type) in moved or any(each.new_pages for each in lists):
            fewest += sum(max(each.new_pages, 1) for each in lists)
            beside += OVERLAP_PAGES * len(lists) if event_type == "open" else 0
            split |= {campaign_id} if len(lists) > 1 else set()
    if fewest == CAMPAIGN_LIST:
        return CAMPAIGN_LIST
    return ceil(ALLOWED_SHARE * (fewest + len(split))) + beside
