"""The pages of reports of rows: opens, bounces, unsubscribes, and the one page of forwards."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from itertools import count
from typing import IO, Any
from zoneinfo import ZoneInfo

from sendtrail.activecampaign.account_memory import Habits
from sendtrail.activecampaign.http.client import Client, always
from sendtrail.activecampaign.http.response_body import json_object
from sendtrail.activecampaign.v1.envelope import NoRows, page_rows
from sendtrail.activecampaign.v1.oddities.page_lengths import PageLengths
from sendtrail.activecampaign.v1.oddities.repeated_pages import PageKind, RepeatedPages, Rows
from sendtrail.activecampaign.v1.oddities.single_page import SinglePage
from sendtrail.activecampaign.v1.page_reading import PageReading
from sendtrail.activecampaign.v1.report_end import (
    ReportEnds,
    SeenRows,
    has_all_rows,
    is_below_counters,
    promised_rows,
)
from sendtrail.activecampaign.v1.report_request import report_request
from sendtrail.activecampaign.v1.rows import READERS
from sendtrail.domain.campaign_report import ReportPage, ReportQuery


class RowPages:
    """Fetches and reads pages of rows."""

    def __init__(self, client: Client, ends: ReportEnds, zone: ZoneInfo) -> None:
        self._client, self._ends, self._zone = client, ends, zone

    @property
    def habits(self) -> Habits:
        """Return what is known of how the account shows its reports."""
        return self._client.memory.habits

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
        is_entered = query.position.page == query.first_page > 1
        if is_entered and not self.habits.of(query.report).has_usual_pages:
            query, is_entered = from_the_start(query), False
        for page in self._in_order(query):
            if page.is_short and is_entered:  # the pages may be longer than is known
                yield from self._in_order(from_the_start(query))
                return
            yield page

    def _in_order(self, query: ReportQuery) -> Iterator[ReportPage]:
        ask = partial(self.rows, query)
        return self.follow(query, ((page, ask(page)) for page in count(query.position.page)), ask_again=ask)

    def read_only_page(self, query: ReportQuery) -> Iterator[ReportPage]:
        """Yield the page of a report that has a single one, and others where it shows too few rows."""
        single = SinglePage(promised=query.expected_rows, first=query.position.page)

        def ask(page: int) -> Rows:
            return single.rows(page, self.rows(query, page)) if single.is_asked_for(page) else None

        return self.follow(query, ((page, ask(page)) for page in count(query.position.page)), ask_again=ask)

    def follow(
        self, query: ReportQuery, pages: Iterable[tuple[int, Rows]], *, ask_again: Callable[[int], Rows]
    ) -> Iterator[ReportPage]:
        """Yield numbered pages as they are read, to the end of the report.

        An end before as many rows were seen as the counters promise is asked for again; what stays is a short report.
        """
        lengths, seen = PageLengths(self.habits, query.report), self._rows_seen(query)
        repeats = RepeatedPages(query, self.habits, ask_first=lambda: self.rows(query, 1))
        for page, found in pages:
            is_doubtful = found is None and is_below_counters(query, seen=seen.count)
            rows = ask_again(page) if is_doubtful else found
            kind = PageKind.END if rows is None else repeats.observe(page, rows, seen=seen.count)
            if rows is None or kind is PageKind.END:
                if is_below_counters(query, seen=seen.count):
                    yield short_end(query, page, seen=seen.count)
                else:
                    lengths.record_end()
                return
            read = self.page(query, page, rows)
            yield read
            if kind is PageKind.AGAIN:
                continue
            seen.record(read)
            lengths.record(len(rows))
            if has_all_rows(query, seen=seen.count, is_full=lengths.is_full(len(rows))):
                return

    def _rows_seen(self, query: ReportQuery) -> SeenRows:
        return SeenRows(query, page_size=self.habits.of(query.report).page_size)

    def page(self, query: ReportQuery, page: int, rows: Iterable[Any]) -> ReportPage:
        """Return what the rows of a page say."""
        reading = PageReading(query, zone=self._zone, mask=self._client.mask)
        read = partial(READERS[query.report], origin=reading.origin)
        return reading.page(rows, read, page=page, position=replace(query.position, page=page + 1))


def from_the_start(query: ReportQuery) -> ReportQuery:
    """Return the query for all of a list that was to be entered where it has grown."""
    return replace(query, first_page=1, position=replace(query.position, page=1))


def short_end(query: ReportQuery, page: int, *, seen: int) -> ReportPage:
    """Return the last page of a report that ends, at `page` and after `seen` rows, before the counters say so."""
    missing = promised_rows(query) - seen
    return ReportPage(activities=[], position=replace(query.position, page=page), missing=missing)


def _page_rows(body: IO[bytes]) -> list[Any] | NoRows:
    return page_rows(json_object(body))
