"""The v1 campaign reports, read page by page to their proven end."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from hashlib import blake2b
from itertools import count, islice
from zoneinfo import ZoneInfo

import orjson

from sendtrail.activecampaign.activities import READERS, Link, Origin, Row, activities, click_activity
from sendtrail.activecampaign.client import Client, Get
from sendtrail.activecampaign.envelopes import page_rows
from sendtrail.activecampaign.links import LinkPage, link_page
from sendtrail.activecampaign.order import after_page, is_complete
from sendtrail.activecampaign.repeats import PageMemory, Sight
from sendtrail.activity import Activity
from sendtrail.errors import Unreadable
from sendtrail.reports import Chunk, Report, ReportQuery

ACTIONS = {
    Report.OPENS: "campaign_report_open_list",
    Report.CLICKS: "campaign_report_link_list",
    Report.BOUNCES: "campaign_report_bounce_list",
    Report.UNSUBSCRIBES: "campaign_report_unsubscription_list",
    Report.FORWARDS: "campaign_report_forward_list",
}
PAGE_SIZE = 20
CHUNK_SIZE = 1_000


class V1Reports:
    """Reads the five reports of a campaign."""

    def __init__(self, client: Client, zone: ZoneInfo) -> None:
        self._client, self._zone = client, zone

    def read(self, query: ReportQuery) -> Iterator[Chunk]:
        """Yield a report from a position on, a page at a time (of clicks, a part of a page)."""
        match query.report:
            case Report.OPENS:
                return self._opens(query)
            case Report.CLICKS:
                return self._clicks(query)
            case Report.FORWARDS:
                return self._forwards(query)
            case _:
                return self._pages(query)

    def _opens(self, query: ReportQuery) -> Iterator[Chunk]:
        if is_complete(query.position, since=query.since):
            return
        for chunk in self._pages(query):
            times = [activity.activity_timestamp for activity in chunk.activities]
            query = replace(query, position=after_page(query.position, times))
            yield replace(chunk, position=query.position)
            if is_complete(query.position, since=query.since):
                return

    def _pages(self, query: ReportQuery) -> Iterator[Chunk]:
        memory = PageMemory()
        for page in _pages_from(query):
            rows = self._rows(query, page)
            if rows is None:
                return
            content = _digest(rows)
            self._check_repeats(query, page, memory.see(page, content), content)
            yield self._chunk(query, page, rows)

    def _forwards(self, query: ReportQuery) -> Iterator[Chunk]:
        """Yield the only page there is."""
        rows = self._rows(query, 1) if query.position.page == 1 else None
        if rows is not None:
            yield self._chunk(query, 1, rows)

    def _clicks(self, query: ReportQuery) -> Iterator[Chunk]:
        memory = PageMemory()
        for page in _pages_from(query):
            subject = _subject(query, page)
            links = self._client.fetch(_get(query, page), partial(link_page, subject=subject))
            if links is None:
                return
            with links:
                if memory.see(page, links.link_ids) is not Sight.NEW:
                    _check_that_all_was_shown(links, subject=subject)
                    return
                yield from self._parts(query, page, links)

    def _parts(self, query: ReportQuery, page: int, links: LinkPage) -> Iterator[Chunk]:
        subject, clicks = _subject(query, page), links.clicks()
        read = partial(_read_click, origin=self._origin(query))
        while len(part := activities(islice(clicks, CHUNK_SIZE), read, subject=subject)) == CHUNK_SIZE:
            yield Chunk(activities=part, position=None)
        yield Chunk(activities=part, position=replace(query.position, page=page + 1))

    def _rows(self, query: ReportQuery, page: int) -> list[Row] | None:
        return self._client.json(_get(query, page), partial(page_rows, subject=_subject(query, page)))

    def _chunk(self, query: ReportQuery, page: int, rows: list[Row]) -> Chunk:
        read = partial(READERS[query.report], origin=self._origin(query))
        return Chunk(
            activities=activities(rows, read, subject=_subject(query, page)),
            position=replace(query.position, page=page + 1),
        )

    def _check_repeats(self, query: ReportQuery, page: int, sight: Sight, content: bytes) -> None:
        is_stuck = sight is Sight.STUCK or (sight is Sight.LIKE_FIRST and _digest(self._rows(query, 1)) == content)
        if is_stuck:
            raise Unreadable(f"{_subject(query, page)}: the account repeats a page instead of going on")

    def _origin(self, query: ReportQuery) -> Origin:
        return Origin(campaign_id=query.campaign_id, message_id=query.message_id, zone=self._zone)


def _pages_from(query: ReportQuery) -> Iterator[int]:
    return count(query.position.page)


def _get(query: ReportQuery, page: int) -> Get:
    params: dict[str, str | int] = {
        "api_action": ACTIONS[query.report],
        "api_output": "json",
        "campaignid": query.campaign_id,
    }
    if query.message_id:
        params["messageid"] = query.message_id
    if query.report is Report.OPENS:
        params["sort_direction"] = "DESC"  # the default order is not the documented one
    if query.report is not Report.FORWARDS:
        params["page"] = page
    return Get(path="/admin/api.php", params=params, subject=_subject(query, page))


def _subject(query: ReportQuery, page: int) -> str:
    message = f" (message {query.message_id})" if query.message_id else ""
    return f"{query.report} of campaign {query.campaign_id}{message}, page {page}"


def _digest(rows: list[Row] | None) -> bytes:
    return blake2b(orjson.dumps(rows), digest_size=16).digest()


def _read_click(click: tuple[Link, Row], *, origin: Origin) -> Activity:
    link, row = click
    return click_activity(row, origin, link)


def _check_that_all_was_shown(links: LinkPage, *, subject: str) -> None:
    """Take a page that repeats as the end, unless it is full: links do not move, so the account ignores `page`."""
    if len(links.link_ids) == PAGE_SIZE:
        raise Unreadable(f"{subject}: the account repeats a page of {PAGE_SIZE} links, so there may be more of them")
