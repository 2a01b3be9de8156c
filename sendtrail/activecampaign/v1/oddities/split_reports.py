"""A report of a split campaign whose messages are not all listed, or do not say how many rows they have.

It is read message by message, and where those have fewer rows than the campaign counts also without a message: what
is of none of the messages is of one that is not listed.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from itertools import dropwhile

from sendtrail.activecampaign.v1.oddities.named_messages import MessagesOf, Read, of_message
from sendtrail.activecampaign.v1.report_end import is_below_counters
from sendtrail.activecampaign.v1.row_pages import short_end
from sendtrail.domain.activity import Activity
from sendtrail.domain.campaign import CampaignMessage
from sendtrail.domain.campaign_report import Report, ReportCursor, ReportPage, ReportQuery
from sendtrail.errors import KeyRefused, Rejected

# Of more rows than this nobody remembers whose they are: the report is short instead, which is visible.
MAX_KNOWN = 1_000_000


class SplitReports:
    """Reads a report of a split campaign; `read_named` reads that of a message, `read` one without any."""

    def __init__(self, read: Read, *, read_named: Read, messages_of: MessagesOf, now: Callable[[], datetime]) -> None:
        self._read, self._read_named, self._messages_of, self._now = read, read_named, messages_of, now

    def read(self, query: ReportQuery) -> Iterator[ReportPage]:
        """Yield the pages of each message, and those of a message that is not listed."""
        messages, began_at = self._messages(query), self._now()
        if not messages:
            yield from self._read(query)
            return
        known, seen = set[int](), 0
        for each in self._queries(query, messages):
            for page in self._read_named(each):
                if not page.is_short:  # what a message lacks may be another's: the campaign's counter decides
                    page = _without(page, known)  # noqa: PLW2901 - the page is not wanted as it came
                    seen += page.rows
                    yield page
        is_resumed = query.position != ReportCursor()
        if query.expected_rows is not None and seen >= query.expected_rows:
            return
        if not is_resumed and len(known) <= MAX_KNOWN:
            for page in self._rest(query, known, began_at=began_at):
                seen += page.rows
                yield page
        is_all_wanted = query.report is not Report.OPENS
        if is_all_wanted and is_below_counters(query, seen=seen):
            yield short_end(query, 1, seen=seen)

    def _messages(self, query: ReportQuery) -> Sequence[CampaignMessage]:
        try:
            return self._messages_of(query.campaign_id)
        except KeyRefused:
            raise
        except Rejected:  # the report without a message is what there is
            return ()

    def _queries(self, query: ReportQuery, messages: Sequence[CampaignMessage]) -> Iterator[ReportQuery]:
        """Yield the query of each message, from the one on at which the reading was left."""
        last = query.position.message_id
        for message in list(dropwhile(lambda each: each.message_id != last, messages)) or messages:
            found = replace(of_message(message, query), campaign_rows=query.expected_rows)
            yield replace(found, position=query.position) if message.message_id == last else found

    def _rest(self, query: ReportQuery, known: set[int], *, began_at: datetime) -> Iterator[ReportPage]:
        """Yield the rows of none of the messages, as parts of one: nobody knows them who goes on in the middle.

        Those that came meanwhile may be a listed message's, as may those that lie before what was read of them.
        """
        with suppress(Rejected):  # an account that wants a message to be named shows no others
            for page in self._read(replace(query, position=ReportCursor())):
                if page.is_short:
                    continue
                earliest = query.since - query.slack if query.report is Report.OPENS else None
                rest = [
                    each
                    for each in _without(page, known).activities
                    if each.activity_timestamp < began_at and (earliest is None or each.activity_timestamp >= earliest)
                ]
                yield replace(page, activities=rest, unreadable=(), position=None)


def _without(page: ReportPage, known: set[int]) -> ReportPage:
    """Return a page without those whom an earlier one showed, and remember those that are left."""
    activities = [each for each in page.activities if _whose(each) not in known]
    unreadable = [each for each in page.unreadable if hash(each.raw) not in known]
    known.update(map(_whose, activities), (hash(each.raw) for each in unreadable))
    return replace(page, activities=activities, unreadable=unreadable)


def _whose(activity: Activity) -> int:
    """Return whose row it is: whoever is in one message's report was sent no other."""
    return hash((activity.contact_id or activity.contact_email, activity.link_id, activity.discriminator))
