"""The opens of a campaign: newest first, some pages fetched ahead, to the first that holds nothing new."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from functools import partial
from math import ceil

from sendtrail.activecampaign.v1.early_stop import after_page, is_complete
from sendtrail.activecampaign.v1.oddities.page_order import PageOrder
from sendtrail.activecampaign.v1.oddities.repeated_pages import Rows
from sendtrail.activecampaign.v1.page_prefetch import PagePrefetch
from sendtrail.activecampaign.v1.prefetch_window import PrefetchWindow
from sendtrail.activecampaign.v1.row_pages import RowPages
from sendtrail.domain.campaign_report import ReportCursor, ReportPage, ReportQuery


class OpenReport:
    """Reads the opens of a campaign."""

    def __init__(self, pages: RowPages) -> None:
        self._pages = pages

    def read(self, query: ReportQuery) -> Iterator[ReportPage]:
        """Yield the newest first, until nothing that is asked for can follow."""
        order = PageOrder(self._pages.habits)
        if order.is_newest_first and is_complete(query.position, since=query.since, slack=query.slack):
            return
        page_size = self._pages.habits.of(query.report).page_size
        position, window = query.position, PrefetchWindow(last=_last_page(query, page_size=page_size))
        prefetch = PagePrefetch(
            partial(self._pages.rows, query),
            first=position.page,
            window=lambda page: window.size(page, enough=self._pages.client.requests_to_fill_the_budget),
        )

        def ask_again(page: int) -> Rows:
            prefetch.read_again()  # what was fetched ahead is older than what is asked for now
            return self._pages.rows(query, page)

        with closing(prefetch):
            for page in self._pages.follow(query, prefetch, ask_again=ask_again):
                if page.is_short:
                    yield replace(page, position=position)
                    return
                order.record(position, page.activities)
                position = after_page(position, [activity.activity_timestamp for activity in page.activities])
                if not _is_in_place(window, position, page):
                    prefetch.read_again()
                yield replace(page, position=position)
                if order.is_newest_first and is_complete(position, since=query.since, slack=query.slack):
                    return


def _is_in_place(window: PrefetchWindow, position: ReportCursor, page: ReportPage) -> bool:
    """Record a page; return whether what was fetched ahead of it can be used."""
    contacts = [activity.contact_id or activity.contact_email for activity in page.activities]
    is_newest_first = position.descending and position.descents > 0
    return window.record(position.page - 1, contacts, is_newest_first=is_newest_first)


def _last_page(query: ReportQuery, *, page_size: int) -> int | None:
    """Return the last page that the counters let expect to be wanted: of all rows, or of those that can be new."""
    known = [rows for rows in (query.expected_rows, query.changed_rows) if rows is not None]
    return ceil(min(known) / page_size) if known else None
