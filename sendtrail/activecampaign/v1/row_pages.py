"""The pages of reports of rows: opens, bounces, unsubscribes, and the one page of forwards."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from hashlib import blake2b
from itertools import count
from typing import IO, Any
from zoneinfo import ZoneInfo

import orjson

from sendtrail.activecampaign.http.client import Client, always
from sendtrail.activecampaign.http.response_body import json_object
from sendtrail.activecampaign.v1.envelope import NoRows, page_rows
from sendtrail.activecampaign.v1.page_reading import PageReading
from sendtrail.activecampaign.v1.repeat_guard import RepeatGuard, SameRows, Sighting
from sendtrail.activecampaign.v1.report_end import (
    ReportEnds,
    SeenRows,
    has_all_rows,
    is_below_counters,
    promised_rows,
)
from sendtrail.activecampaign.v1.report_request import page_subject, report_request
from sendtrail.activecampaign.v1.rows import READERS
from sendtrail.domain.campaign_report import PAGE_SIZE, ReportPage, ReportQuery
from sendtrail.errors import Unreadable

# The rows of a page, None past the end of the report.
Rows = list[Any] | None


class RowPages:
    """Fetches and reads pages of rows."""

    def __init__(self, client: Client, ends: ReportEnds, zone: ZoneInfo) -> None:
        self._client, self._ends, self._zone = client, ends, zone

    @property
    def client(self) -> Client:
        """Return what the pages are fetched with."""
        return self._client

    def rows(self, query: ReportQuery, page: int, is_wanted: Callable[[], bool] = always) -> Rows:
        """Return the rows of a page, None past the end."""
        get = replace(report_request(query, page), is_wanted=is_wanted)
        return self._ends.fetch(get, query, _page_rows)

    def read(self, query: ReportQuery) -> Iterator[ReportPage]:
        """Yield page after page, none ahead: where rows come in anywhere, one that was missed leaves no trace."""
        ask = partial(self.rows, query)
        return self.follow(query, ((page, ask(page)) for page in count(query.position.page)), ask_again=ask)

    def read_only_page(self, query: ReportQuery) -> Iterator[ReportPage]:
        """Yield the page of a report that has a single one."""
        ask = partial(self.rows, query)
        pages = ((page, ask(page) if page == 1 else None) for page in count(query.position.page))
        return self.follow(query, pages, ask_again=lambda page: ask(page) if page == 1 else None)

    def follow(
        self, query: ReportQuery, pages: Iterable[tuple[int, Rows]], *, ask_again: Callable[[int], Rows]
    ) -> Iterator[ReportPage]:
        """Yield numbered pages as they are read, to the end of the report.

        An end before as many rows were seen as the counters promise is asked for again; what stays is a short report.
        """
        repeats, seen, same = RepeatGuard(), SeenRows(query), SameRows(promised=query.expected_rows)
        for page, found in pages:
            is_doubtful = found is None and is_below_counters(query, seen=seen.count)
            rows = ask_again(page) if is_doubtful else found
            if rows is None:
                if is_doubtful:
                    yield short_end(query, page, seen=seen.count)
                return
            content = _digest(rows)
            self._check_repeats(query, page, repeats.observe(page, content), content)
            if same.are_shown_again(rows):
                raise _repeated(query, page)
            read = self.page(query, page, rows)
            yield read
            seen.record(read)
            if has_all_rows(query, seen=seen.count, is_full=len(rows) >= PAGE_SIZE):
                return

    def page(self, query: ReportQuery, page: int, rows: Iterable[Any]) -> ReportPage:
        """Return what the rows of a page say."""
        reading = PageReading(query, zone=self._zone, mask=self._client.mask)
        read = partial(READERS[query.report], origin=reading.origin)
        return reading.page(rows, read, page=page, position=replace(query.position, page=page + 1))

    def _check_repeats(self, query: ReportQuery, page: int, sighting: Sighting, content: bytes) -> None:
        is_stuck = sighting is Sighting.STUCK or (
            sighting is Sighting.LIKE_FIRST and _digest(self.rows(query, 1)) == content
        )
        if is_stuck:
            raise _repeated(query, page)


def _repeated(query: ReportQuery, page: int) -> Unreadable:
    return Unreadable(f"{page_subject(query, page)}: the account repeats a page instead of going on")


def short_end(query: ReportQuery, page: int, *, seen: int) -> ReportPage:
    """Return the last page of a report that ends, at `page` and after `seen` rows, before the counters say so."""
    missing = promised_rows(query) - seen
    return ReportPage(activities=[], position=replace(query.position, page=page), missing=missing)


def _page_rows(body: IO[bytes]) -> list[Any] | NoRows:
    return page_rows(json_object(body))


def _digest(rows: Rows) -> bytes:
    return blake2b(orjson.dumps(rows), digest_size=16).digest()
