"""The forwards of a campaign: a single page."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import orjson

from sendtrail.activecampaign.v1.report_end import is_below_counters
from sendtrail.activecampaign.v1.row_pages import RowPages, Rows, short_end
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
        rows = self._found(query)
        if not rows and is_below_counters(query, seen=0):
            rows = self._found(query)
        if rows:
            yield self._pages.page(query, 1, rows)
        if is_below_counters(query, seen=len(rows)):
            yield short_end(query, 1)

    def _found(self, query: ReportQuery) -> list[Any]:
        return next((rows for source in self._sources(query) if (rows := source(query))), [])

    def _sources(self, query: ReportQuery) -> list[Callable[[ReportQuery], Rows]]:
        """Return the ways to read the report: the first that finds any row is right."""
        if query.message_id or query.expected_rows == 0:
            return [self._of_query]
        ways: list[Callable[[ReportQuery], Rows]] = [self._of_query, self._of_messages]
        return ways[::-1] if Report.FORWARDS in self._pages.client.memory.reports_by_message else ways

    def _of_query(self, query: ReportQuery) -> Rows:
        return self._pages.rows(query, 1)

    def _of_messages(self, query: ReportQuery) -> Rows:
        """Return the rows of all messages, once each: an account that ignores the message shows the same ones again."""
        queries = [replace(query, message_id=message_id) for message_id in self._messages_of(query.campaign_id)]
        found = [row for one in queries for row in self._pages.rows(one, 1) or []]
        if found:
            self._pages.client.memory.reports_by_message.add(Report.FORWARDS)
        return list({orjson.dumps(row): row for row in found}.values())
