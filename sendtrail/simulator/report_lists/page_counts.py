"""How many pages each report has, and how many of them hold something that is new: what a reader cannot do without."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import takewhile

from sendtrail.simulator.quirks import EventType
from sendtrail.simulator.report_lists.row_changes import View
from sendtrail.simulator.world.campaigns import Campaign, Message, Report, reports

PAGE_SIZE = 20
"""Rows of a report page, or links."""

Look = Callable[[Report], View]


@dataclass(frozen=True, slots=True, kw_only=True)
class TruthPages:
    """The pages of a report of one message, and its rows; those with something new are counted once more."""

    campaign_id: int
    message_id: str
    event_type: EventType
    pages: int
    rows: int
    new_pages: int
    new_rows: int


def report_pages(campaign: Campaign, message: Message, look: Look, *, since: float) -> Iterator[TruthPages]:
    """Yield the pages of each report of a message; new is what happened from `since` (epoch seconds) on."""
    lists = reports(campaign, message)
    clicks = [report for report in lists if report.event == "click"]
    for report in lists:
        if report.event != "click":
            yield _pages(report, look(report), since)
    if clicks and campaign.send_amt:
        yield _link_pages(clicks, look, since)


def _pages(report: Report, view: View, since: float) -> TruthPages:
    rows, new = len(view), _new(view, since)
    if report.event == "forward":  # all on one page
        pages, new_pages = int(rows > 0), int(new > 0)
    elif report.event == "open":  # the newest first
        pages, new_pages = _filled(rows), _filled(new)
    else:  # the newest last
        pages, new_pages = _filled(rows), _filled(rows) - (rows - new) // PAGE_SIZE if new else 0
    return _told(report, pages=pages, rows=rows, new_pages=new_pages, new_rows=new)


def _link_pages(clicks: list[Report], look: Look, since: float) -> TruthPages:
    views = [look(report) for report in clicks]
    new = [_new(view, since) for view in views]
    with_news = sum(any(new[first : first + PAGE_SIZE]) for first in range(0, len(new), PAGE_SIZE))
    return _told(
        clicks[0],
        pages=_filled(len(clicks)),
        rows=sum(map(len, views)),
        new_pages=with_news,
        new_rows=sum(new),
    )


def _told(report: Report, *, pages: int, rows: int, new_pages: int, new_rows: int) -> TruthPages:
    return TruthPages(
        campaign_id=report.campaign.id,
        message_id=str(report.message.id) if report.campaign.kind == "split" else "",
        event_type=report.event,
        pages=pages,
        rows=rows,
        new_pages=new_pages,
        new_rows=new_rows,
    )


def _new(view: View, since: float) -> int:
    return sum(1 for _ in takewhile(lambda state: state.at >= since, view))


def _filled(rows: int) -> int:
    return -(-rows // PAGE_SIZE)
