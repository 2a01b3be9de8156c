"""Reports that some accounts show only to those who ask for one message at a time."""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import dropwhile

from sendtrail.activecampaign.account_memory import AccountMemory
from sendtrail.activecampaign.v1.oddities.named_messages import MessagesOf, NamedMessages, Read, content
from sendtrail.activecampaign.v1.oddities.split_reports import SplitReports
from sendtrail.activecampaign.v1.report_end import SeenRows, is_below_counters
from sendtrail.activecampaign.v1.row_pages import short_end
from sendtrail.domain.campaign import CampaignMessage
from sendtrail.domain.campaign_report import Report, ReportCursor, ReportPage, ReportQuery, expected_row_count
from sendtrail.errors import KeyRefused, Rejected

logger = logging.getLogger(__name__)


class ByMessage:
    """Reads a report as a whole or, where that is empty against its counters, message by message.

    What an account needs is learnt from its first report that has rows. The rows of a message have other ids than the
    same rows without it, so an empty report is asked for twice before its messages are.
    """

    def __init__(
        self, read: Read, *, memory: AccountMemory, messages_of: MessagesOf, now: Callable[[], datetime]
    ) -> None:
        self._read, self._memory, self._messages_of = read, memory, messages_of
        self._read_named = NamedMessages(read, habits=memory.habits, messages_of=messages_of).read
        self._split = SplitReports(read, read_named=self._read_named, messages_of=messages_of, now=now)

    def read(self, query: ReportQuery) -> Iterator[ReportPage]:
        """Return the pages of a report from a position on."""
        if query.message_id:
            return self._read_named(query)
        if query.is_split:
            return self._split.read(query)
        if query.position.page > 1 and not query.position.message_id:
            return self._read(query)
        if query.position.message_id or query.report in self._memory.reports_by_message:
            return _first_with_rows(query, self._of_messages, self._whole)
        return _first_with_rows(query, self._whole, self._of_messages)

    def _whole(self, query: ReportQuery) -> Iterator[ReportPage]:
        pages = self._read(query)
        first = next(pages, None)
        if first is None and self._may_hide_rows(query):
            pages = self._read(query)
            first = next(pages, None)
        if first is not None:
            if not first.is_short:
                self._memory.reports_shown_whole.add(query.report)
            yield first
            yield from pages

    def _of_messages(self, query: ReportQuery) -> Iterator[ReportPage]:
        """Yield the pages of each message; an account that ignores it shows the same again: each row is read once."""
        if not self._may_hide_rows(query):
            return
        messages = self._messages(query)
        known, seen, is_short = set[object](), SeenRows(query), False
        for message in _from(query.position.message_id, messages):
            for page in self._read(_of(message, query, is_only=len(messages) == 1)):
                found = page if len(messages) == 1 else _without_known(page, known)
                seen.record(found)
                is_short = is_short or page.is_short
                if page.rows:
                    self._memory.reports_by_message.add(query.report)
                yield found
        # Of opens, which are read from the newest on, fewer than all are no sign.
        is_doubtful = query.report is not Report.OPENS and not query.position.message_id
        if seen.count and is_doubtful and not is_short and is_below_counters(query, seen=seen.count):
            yield short_end(query, 1, seen=seen.count)

    def _messages(self, query: ReportQuery) -> Sequence[CampaignMessage]:
        """Return the campaign's messages; none where they are refused and a counter says that rows are missing."""
        try:
            return self._messages_of(query.campaign_id)
        except KeyRefused:
            raise
        except Rejected as error:
            if query.expected_rows is None:
                raise  # nothing else would say that the report may have rows
            logger.warning("%s of campaign %d cannot be read by message: %s", query.report, query.campaign_id, error)
            return ()

    def _may_hide_rows(self, query: ReportQuery) -> bool:
        """Return whether an empty report may have rows that only its messages show."""
        if query.expected_rows is None:
            return query.report not in self._memory.reports_shown_whole
        return query.expected_rows > 0


def _first_with_rows(query: ReportQuery, *ways: Read) -> Iterator[ReportPage]:
    """Yield what the first way yields that finds any rows; where none does, how much the first one lacks."""
    lacks: list[ReportPage] = []
    for way in ways:
        pages, lacking = way(query), list[ReportPage]()
        for page in pages:
            if page.is_short:
                lacking.append(page)
                continue
            yield from (*lacking, page)
            yield from pages
            return
        lacks = lacks or lacking
    yield from lacks


def _from(message_id: str, messages: Sequence[CampaignMessage]) -> Sequence[CampaignMessage]:
    """Return the messages from one on; all of them where it is not there (any more)."""
    return list(dropwhile(lambda message: message.message_id != message_id, messages)) or messages


def _of(message: CampaignMessage, query: ReportQuery, *, is_only: bool) -> ReportQuery:
    """Return the query for a message, whose counters are its own where there are several."""
    is_resumed = message.message_id == query.position.message_id
    return replace(
        query,
        message_id=message.message_id,
        position=query.position if is_resumed else ReportCursor(message_id=message.message_id),
        expected_rows=query.expected_rows if is_only else expected_row_count(query.report, message.counters),
        changed_rows=query.changed_rows if is_only else None,
    )


def _without_known(page: ReportPage, known: set[object]) -> ReportPage:
    """Return a page without the rows that an earlier message showed, and remember those that are left."""
    activities = [each for each in page.activities if content(each) not in known]
    unreadable = [each for each in page.unreadable if each.raw not in known]
    known.update(*(map(content, activities), (each.raw for each in unreadable)))
    return replace(page, activities=activities, unreadable=unreadable)
