"""The clicks of a campaign: pages of links, each link with everybody who ever clicked it."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from itertools import count, islice
from zoneinfo import ZoneInfo

from sendtrail.activecampaign.http.client import Client
from sendtrail.activecampaign.v1.links import Click, LinkPage, link_page
from sendtrail.activecampaign.v1.oddities.event_clicks import counted_clicks
from sendtrail.activecampaign.v1.oddities.page_lengths import PageLengths
from sendtrail.activecampaign.v1.page_reading import PageReading
from sendtrail.activecampaign.v1.repeat_guard import RepeatGuard, Sighting
from sendtrail.activecampaign.v1.report_end import ReportEnds, has_all_rows, is_below_counters
from sendtrail.activecampaign.v1.report_request import report_request
from sendtrail.activecampaign.v1.row_pages import short_end
from sendtrail.activecampaign.v1.rows import Origin, click_activity
from sendtrail.domain.activity import Activity
from sendtrail.domain.campaign_report import ReportPage, ReportQuery

CHUNK_SIZE = 1_000


class ClickReport:
    """Reads the clicks of a campaign, or of one of its messages."""

    def __init__(self, client: Client, ends: ReportEnds, zone: ZoneInfo) -> None:
        self._client, self._ends, self._zone = client, ends, zone

    def read(self, query: ReportQuery) -> Iterator[ReportPage]:
        """Yield the clicks a part of a page at a time, to the end of the report."""
        seen = 0
        for page in self._pages(query):
            seen += page.rows
            yield page
        if query.position.page == 1 and is_below_counters(query, seen=seen):
            yield short_end(query, 1, seen=seen)

    def _pages(self, query: ReportQuery) -> Iterator[ReportPage]:
        """Yield the pages of a list of links.

        An account that ignores `page` shows its first links again: that is the end of what it shows.
        """
        reading = PageReading(query, zone=self._zone, mask=self._client.mask)
        repeats, seen, lengths = RepeatGuard(), 0, PageLengths(self._client.memory.habits, query.report)
        for page in count(query.position.page):
            links = self._links(query, page, seen=seen)
            if links is None:
                lengths.record_end()
                return
            with links:
                if repeats.observe(page, links.link_ids) is not Sighting.NEW:
                    return
                lengths.record(len(links.link_ids))
                for part in self._parts(query, page, links, reading=reading):
                    seen += part.rows
                    yield part
                if has_all_rows(query, seen=seen, is_full=lengths.is_full(len(links.link_ids))):
                    return

    def _links(self, query: ReportQuery, page: int, *, seen: int) -> LinkPage | None:
        """Return a page, None past the end; an end that is too early is asked for again."""
        get = report_request(query, page)
        links = self._ends.fetch(get, query, link_page)
        if links is None and query.position.page == 1 and is_below_counters(query, seen=seen):
            links = self._ends.fetch(get, query, link_page)
        return links

    def _parts(self, query: ReportQuery, page: int, links: LinkPage, *, reading: PageReading) -> Iterator[ReportPage]:
        clicks = counted_clicks(links)
        read = partial(_read_click, origin=reading.origin)
        while part := list(islice(clicks, CHUNK_SIZE)):
            found = reading.page(part, read, page=page, position=None)
            if len(part) < CHUNK_SIZE:
                break
            yield found
        else:
            found = ReportPage(activities=[], position=None)
        yield replace(found, position=replace(query.position, page=page + 1))


def _read_click(click: Click, *, origin: Origin) -> Activity:
    link, row = click
    return click_activity(row, origin, link)
