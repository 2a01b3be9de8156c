"""The clicks of a campaign: pages of links, each link with everybody who ever clicked it."""

from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import replace
from functools import partial
from itertools import count, islice
from zoneinfo import ZoneInfo

from sendtrail.activecampaign.http.client import Client
from sendtrail.activecampaign.v1.links import Click, LinkPage, link_page
from sendtrail.activecampaign.v1.page_reading import PageReading
from sendtrail.activecampaign.v1.repeat_guard import RepeatGuard, Sighting
from sendtrail.activecampaign.v1.report_end import ReportEnds, has_all_rows, is_below_counters
from sendtrail.activecampaign.v1.report_request import report_request
from sendtrail.activecampaign.v1.row_pages import short_end
from sendtrail.activecampaign.v1.rows import Origin, click_activity
from sendtrail.domain.activity import Activity
from sendtrail.domain.campaign_report import PAGE_SIZE, Report, ReportPage, ReportQuery

CHUNK_SIZE = 1_000


class ClickReport:
    """Reads the clicks of a campaign; `messages_of` returns the ids of a campaign's messages."""

    def __init__(
        self, client: Client, ends: ReportEnds, zone: ZoneInfo, *, messages_of: Callable[[int], list[str]]
    ) -> None:
        self._client, self._ends, self._zone, self._messages_of = client, ends, zone, messages_of

    def read(self, query: ReportQuery) -> Iterator[ReportPage]:
        """Yield the clicks a part of a page at a time, to the end of the report.

        Some accounts show links only to those who ask for a message: an empty list is asked for message by message.
        """
        seen, is_empty = 0, True
        for source in self._sources(query):
            for page in source(query):
                seen, is_empty = seen + len(page.activities) + len(page.unreadable), False
                yield page
            if not is_empty:
                break
        if query.position.page == 1 and is_below_counters(query, seen=seen):
            yield short_end(query, 1)

    def _sources(self, query: ReportQuery) -> list[Callable[[ReportQuery], Iterator[ReportPage]]]:
        """Return the ways to read a report: the first that finds any link is right."""
        if not _may_need_message(query) or query.position.page > 1:
            return [self._of_query]
        # The first page is asked for twice: the rows of a message have other ids than the same rows without it.
        ways: list[Callable[[ReportQuery], Iterator[ReportPage]]] = [self._of_query, self._of_messages]
        return ways[::-1] if Report.CLICKS in self._client.memory.reports_by_message else ways

    def _of_query(self, query: ReportQuery) -> Iterator[ReportPage]:
        return self._pages(query, self._reading(query), known=set())

    def _of_messages(self, query: ReportQuery) -> Iterator[ReportPage]:
        """Yield the clicks of each message; an account that ignores it shows the same again: each is read once."""
        known = set[str]()
        for message_id in self._messages_of(query.campaign_id):
            of_message = replace(query, message_id=message_id, expected_rows=None, changed_rows=None)
            for page in self._pages(of_message, self._reading(of_message), known=known):
                self._client.memory.reports_by_message.add(Report.CLICKS)
                yield replace(page, position=None)

    def _pages(self, query: ReportQuery, reading: PageReading, *, known: set[str]) -> Iterator[ReportPage]:
        """Yield the pages of one list of links, without the links that are known.

        An account that ignores `page` shows its first links again: that is the end of what it shows.
        """
        repeats, seen = RepeatGuard(), 0
        for page in count(query.position.page):
            links = self._links(query, page, seen=seen)
            if links is None:
                return
            with links:
                if repeats.observe(page, links.link_ids) is not Sighting.NEW:
                    return
                for part in self._parts(query, page, links, reading=reading, known=frozenset(known)):
                    seen += len(part.activities) + len(part.unreadable)
                    yield part
                known.update(filter(None, links.link_ids))
                if has_all_rows(query, seen=seen, is_full=len(links.link_ids) >= PAGE_SIZE):
                    return

    def _links(self, query: ReportQuery, page: int, *, seen: int) -> LinkPage | None:
        """Return a page, None past the end; an end that is too early is asked for again."""
        get = report_request(query, page)
        links = self._ends.fetch(get, query, link_page)
        if (
            links is None
            and query.position.page == 1
            and ((page == 1 and _may_need_message(query)) or is_below_counters(query, seen=seen))
        ):
            links = self._ends.fetch(get, query, link_page)
        return links

    def _parts(
        self, query: ReportQuery, page: int, links: LinkPage, *, reading: PageReading, known: AbstractSet[str]
    ) -> Iterator[ReportPage]:
        clicks = (click for click in links.clicks() if click[0].link_id not in known)
        read = partial(_read_click, origin=reading.origin)
        while part := list(islice(clicks, CHUNK_SIZE)):
            found = reading.page(part, read, page=page, position=None)
            if len(part) < CHUNK_SIZE:
                break
            yield found
        else:
            found = ReportPage(activities=[], position=None)
        yield replace(found, position=replace(query.position, page=page + 1))

    def _reading(self, query: ReportQuery) -> PageReading:
        return PageReading(query, zone=self._zone, mask=self._client.mask)


def _may_need_message(query: ReportQuery) -> bool:
    """Return whether an empty list may come of an account that shows clicks only to those who ask for a message."""
    return not query.message_id and query.expected_rows != 0


def _read_click(click: Click, *, origin: Origin) -> Activity:
    link, row = click
    return click_activity(row, origin, link)
