"""The v1 campaign reports, read page by page to their proven end."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import replace
from functools import partial
from hashlib import blake2b
from itertools import count, islice
from math import ceil
from zoneinfo import ZoneInfo

import orjson

from sendtrail.activecampaign.http.client import Client, Get, always
from sendtrail.activecampaign.v1.early_stop import after_page, is_complete
from sendtrail.activecampaign.v1.envelope import page_rows
from sendtrail.activecampaign.v1.links import LinkPage, link_page
from sendtrail.activecampaign.v1.page_prefetch import PagePrefetch
from sendtrail.activecampaign.v1.prefetch_window import PrefetchWindow
from sendtrail.activecampaign.v1.repeat_guard import RepeatGuard, Sighting
from sendtrail.activecampaign.v1.rows import READERS, Link, Origin, Row, activities, click_activity
from sendtrail.domain.activity import Activity
from sendtrail.domain.campaign_report import PAGE_SIZE, Report, ReportPage, ReportQuery
from sendtrail.errors import Unreadable

ACTIONS = {
    Report.OPENS: "campaign_report_open_list",
    Report.CLICKS: "campaign_report_link_list",
    Report.BOUNCES: "campaign_report_bounce_list",
    Report.UNSUBSCRIBES: "campaign_report_unsubscription_list",
    Report.FORWARDS: "campaign_report_forward_list",
}
CHUNK_SIZE = 1_000


class V1Reports:
    """Reads the five reports of a campaign."""

    def __init__(self, client: Client, zone: ZoneInfo) -> None:
        self._client, self._zone = client, zone

    def read(self, query: ReportQuery) -> Iterator[ReportPage]:
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

    def _opens(self, query: ReportQuery) -> Iterator[ReportPage]:
        """Yield the newest first, some pages fetched ahead, until nothing that is asked for can follow."""
        if is_complete(query.position, since=query.since):
            return
        position, window = query.position, PrefetchWindow(last=_last_page(query))
        pages = PagePrefetch(
            lambda page, is_wanted: self._rows(query, page, is_wanted),
            first=position.page,
            window=lambda page: window.size(page, enough=self._client.requests_to_fill_the_budget),
        )
        with closing(pages):
            for chunk in self._chunks(query, pages):
                position = after_page(position, [activity.activity_timestamp for activity in chunk.activities])
                is_newest_first = position.descending and position.descents > 0
                contacts = [activity.contact_id or activity.contact_email for activity in chunk.activities]
                if not window.record(position.page - 1, contacts, is_newest_first=is_newest_first):
                    pages.read_again()
                yield replace(chunk, position=position)
                if is_complete(position, since=query.since):
                    return

    def _pages(self, query: ReportQuery) -> Iterator[ReportPage]:
        """Yield page after page, none ahead: where rows come in anywhere, one that was missed leaves no trace."""
        pages = ((page, self._rows(query, page)) for page in _pages_from(query))
        return self._chunks(query, pages)

    def _chunks(self, query: ReportQuery, pages: Iterable[tuple[int, list[Row] | None]]) -> Iterator[ReportPage]:
        repeats, seen = RepeatGuard(), 0
        for page, rows in pages:
            if rows is None:
                return
            content = _digest(rows)
            self._check_repeats(query, page, repeats.observe(page, content), content)
            yield self._chunk(query, page, rows)
            seen += len(rows)
            if _are_all(query, seen=seen, is_short=len(rows) < PAGE_SIZE):
                return

    def _forwards(self, query: ReportQuery) -> Iterator[ReportPage]:
        """Yield the only page there is."""
        rows = self._rows(query, 1) if query.position.page == 1 else None
        if rows is not None:
            yield self._chunk(query, 1, rows)

    def _clicks(self, query: ReportQuery) -> Iterator[ReportPage]:
        repeats, seen = RepeatGuard(), 0
        for page in _pages_from(query):
            subject = _subject(query, page)
            links = self._client.fetch(_get(query, page), partial(link_page, subject=subject))
            if links is None:
                return
            with links:
                if repeats.observe(page, links.link_ids) is not Sighting.NEW:
                    _check_that_all_was_shown(links, subject=subject)
                    return
                for chunk in self._parts(query, page, links):
                    seen += len(chunk.activities)
                    yield chunk
                if _are_all(query, seen=seen, is_short=len(links.link_ids) < PAGE_SIZE):
                    return

    def _parts(self, query: ReportQuery, page: int, links: LinkPage) -> Iterator[ReportPage]:
        subject, clicks = _subject(query, page), links.clicks()
        read = partial(_read_click, origin=self._origin(query))
        while len(part := activities(islice(clicks, CHUNK_SIZE), read, subject=subject)) == CHUNK_SIZE:
            yield ReportPage(activities=part, position=None)
        yield ReportPage(activities=part, position=replace(query.position, page=page + 1))

    def _rows(self, query: ReportQuery, page: int, is_wanted: Callable[[], bool] = always) -> list[Row] | None:
        get = replace(_get(query, page), is_wanted=is_wanted)
        return self._client.json(get, partial(page_rows, subject=get.subject))

    def _chunk(self, query: ReportQuery, page: int, rows: list[Row]) -> ReportPage:
        read = partial(READERS[query.report], origin=self._origin(query))
        return ReportPage(
            activities=activities(rows, read, subject=_subject(query, page)),
            position=replace(query.position, page=page + 1),
        )

    def _check_repeats(self, query: ReportQuery, page: int, sight: Sighting, content: bytes) -> None:
        is_stuck = sight is Sighting.STUCK or (
            sight is Sighting.LIKE_FIRST and _digest(self._rows(query, 1)) == content
        )
        if is_stuck:
            raise Unreadable(f"{_subject(query, page)}: the account repeats a page instead of going on")

    def _origin(self, query: ReportQuery) -> Origin:
        return Origin(campaign_id=query.campaign_id, message_id=query.message_id, zone=self._zone)


def _last_page(query: ReportQuery) -> int | None:
    """Return the last page that the counters let expect to be wanted: of all rows, or of those that can be new."""
    known = [rows for rows in (query.expected_rows, query.changed_rows) if rows is not None]
    return ceil(min(known) / PAGE_SIZE) if known else None


def _are_all(query: ReportQuery, *, seen: int, is_short: bool) -> bool:
    """Tell whether the account need not be asked for the end: its counters are reached, with a page that is not full.

    A list that was entered in the middle is read to its end all the same.
    """
    return is_short and query.expected_rows is not None and query.position.page == 1 and seen >= query.expected_rows


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
