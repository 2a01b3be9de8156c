"""How many pages each report has, and how many of them hold something that is new: what a reader cannot do without."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import takewhile

from sendtrail.simulator.quirks import EventType
from sendtrail.simulator.report_lists.view import View
from sendtrail.simulator.world.campaigns import Campaign, Message, Report, reports

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


@dataclass(frozen=True, slots=True, kw_only=True)
class PageCounter:
    """Count pages of `page_size` rows (links); new is what came or changed from `since` (epoch seconds) on.

    Unreadable rows are left aside.
    """

    look: Look
    since: float
    page_size: int

    def report_pages(self, campaign: Campaign, message: Message) -> Iterator[TruthPages]:
        """Yield the pages of each report of a message."""
        lists = reports(campaign, message)
        clicks = [report for report in lists if report.event == "click"]
        for report in lists:
            if report.event != "click":
                yield self._pages(report)
        if clicks and campaign.send_amt:
            yield self._link_pages(clicks)

    def _pages(self, report: Report) -> TruthPages:
        view = self.look(report)
        new, rows = self._new(view), len(view)
        places = new if report.event == "open" else [rows - 1 - place for place in new]  # the newest first, or last
        one_page = report.event == "forward"
        return _told(
            report,
            pages=int(rows > 0) if one_page else self._filled(rows),
            rows=rows,
            new_pages=int(bool(new)) if one_page else len({place // self.page_size for place in places}),
            new_rows=len(new),
        )

    def _link_pages(self, clicks: list[Report]) -> TruthPages:
        views, size = [self.look(report) for report in clicks], self.page_size
        new = [len(self._new(view)) for view in views]
        return _told(
            clicks[0],
            pages=self._filled(len(clicks)),
            rows=sum(map(len, views)),
            new_pages=sum(any(new[first : first + size]) for first in range(0, len(new), size)),
            new_rows=sum(new),
        )

    def _filled(self, rows: int) -> int:
        return -(-rows // self.page_size)

    def _new(self, view: View) -> list[int]:
        """Return the places, newest first, of rows that came or changed."""
        if view.changed_at:  # anywhere: rows that came late, or grew where they were
            return [place for place, state in enumerate(view) if view.has_changed(state, self.since)]
        return [place for place, _ in enumerate(takewhile(lambda state: state.at >= self.since, view))]


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
