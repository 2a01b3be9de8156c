"""The forwards of a campaign: a single page."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import orjson

from sendtrail.activecampaign.v1.report_end import is_below_counters
from sendtrail.activecampaign.v1.row_pages import RowPages, short_end
from sendtrail.domain.campaign_report import Report, ReportPage, ReportQuery


class ForwardReport:
    """Reads the forwards of a campaign; `messages_of` returns the ids of a campaign's messages."""

    def __init__(self, pages: RowPages, *, messages_of: Callable[[int], list[str]]) -> None:
        self._pages, self._messages_of = pages, messages_of

    def read(self, query: ReportQuery) -> Iterator[ReportPage]:
        """Yield the only page there is, and whether it fell short of the counters.

        Some accounts show forwards only to those who ask for a message: an empty list is asked for message by message.
        """
        if query.position.page > 1:
            return
        pages = next((found for source in self._sources(query) if (found := source(query))), [])
        yield from pages
        if is_below_counters(query, seen=sum(len(page.activities) + len(page.unreadable) for page in pages)):
            yield short_end(query, 1)

    def _sources(self, query: ReportQuery) -> list[Callable[[ReportQuery], list[ReportPage]]]:
        """Return the ways to read the report: the first that finds any row is right."""
        if query.message_id or query.expected_rows == 0:
            return [self._of_query]
        # An empty list is asked for again first: the rows of a message have other ids than the same rows without it.
        if Report.FORWARDS in self._pages.client.memory.reports_by_message:
            return [self._of_messages, self._of_query]
        return [self._of_query, self._of_query, self._of_messages]

    def _of_query(self, query: ReportQuery) -> list[ReportPage]:
        rows = self._pages.rows(query, 1)
        return [self._pages.page(query, 1, rows)] if rows else []

    def _of_messages(self, query: ReportQuery) -> list[ReportPage]:
        """Return the rows of each message; an account that ignores it shows the same again: each is read once."""
        pages, known = [], set[bytes]()
        for message_id in self._messages_of(query.campaign_id):
            of_message = replace(query, message_id=message_id)
            rows = {orjson.dumps(row): row for row in self._pages.rows(of_message, 1) or []}
            new = [row for content, row in rows.items() if content not in known]
            known.update(rows)
            if new:
                pages.append(replace(self._pages.page(of_message, 1, new), position=None))
        if pages:
            self._pages.client.memory.reports_by_message.add(Report.FORWARDS)
        return pages
