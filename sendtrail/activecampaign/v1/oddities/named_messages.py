"""The reports of one message of a campaign, of an account that may show the rows of all messages whichever is named.

Then each message would bring the same rows again, under its own id. Whether it does shows once in an account, by a row
that two messages share: from then on such rows are of no message, unless they say so themselves.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import chain

from sendtrail.activecampaign.account_memory import Habits
from sendtrail.domain.activity import Activity
from sendtrail.domain.campaign import CampaignMessage
from sendtrail.domain.campaign_report import (
    ReportCursor,
    ReportPage,
    ReportQuery,
    expected_event_count,
    expected_row_count,
)

MessagesOf = Callable[[int], Sequence[CampaignMessage]]
Read = Callable[[ReportQuery], Iterator[ReportPage]]


class NamedMessages:
    """Reads reports that name a message."""

    def __init__(self, read: Read, *, habits: Habits, messages_of: MessagesOf) -> None:
        self._read, self._habits, self._messages_of = read, habits, messages_of

    def read(self, query: ReportQuery) -> Iterator[ReportPage]:
        """Yield the pages of a message's report."""
        if self._habits.of(query.report).ignores_message:
            yield from self._read(self._of_all(query))
            return
        pages = self._read(query)
        first = next(pages, None)
        if first is None:
            return
        if first.rows and self._is_shown_for_another(query, first):
            yield from self._read(self._of_all(query))
            return
        yield from chain([first], pages)

    def _is_shown_for_another(self, query: ReportQuery, page: ReportPage) -> bool:
        """Return whether another message has rows of this one; ask only until the account has shown whether it does."""
        if self._habits.of(query.report).heeds_message or query.position.page > 1:
            return False
        others = [each for each in self._messages_of(query.campaign_id) if each.message_id != query.message_id]
        for other in others:
            found = next(self._read(of_message(other, query)), None)
            if found is not None and found.rows:
                return self._record(query, is_ignored=not contents(page).isdisjoint(contents(found)))
        return False

    def _record(self, query: ReportQuery, *, is_ignored: bool) -> bool:
        self._habits.observe(
            query.report, lambda habits, _: replace(habits, ignores_message=is_ignored, heeds_message=not is_ignored)
        )
        return is_ignored

    def _of_all(self, query: ReportQuery) -> ReportQuery:
        """Return the query for the rows of all messages, whose counters are those of all."""
        counted = [expected_row_count(query.report, each.counters) for each in self._messages_of(query.campaign_id)]
        known = [rows for rows in counted if rows is not None]
        expected = sum(known) if len(known) == len(counted) else query.campaign_rows
        return replace(query, is_message_ignored=True, expected_rows=expected, expected_events=None, changed_rows=None)


def of_message(message: CampaignMessage, query: ReportQuery) -> ReportQuery:
    """Return the query for one of several messages from its beginning on: its counters are its own."""
    return replace(
        query,
        message_id=message.message_id,
        position=ReportCursor(message_id=message.message_id),
        expected_rows=expected_row_count(query.report, message.counters),
        expected_events=expected_event_count(query.report, message.counters),
        changed_rows=None,
    )


def contents(page: ReportPage) -> set[object]:
    """Return what the rows of a page say, save for the message."""
    return {*map(content, page.activities), *(each.raw for each in page.unreadable)}


def content(activity: Activity) -> object:
    """Return what tells a row from another, save for the message."""
    who = (activity.contact_id, activity.contact_email)
    return (*who, activity.link_id, activity.source_timestamp, activity.times, activity.discriminator)
