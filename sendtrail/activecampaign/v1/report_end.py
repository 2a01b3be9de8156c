"""Whether a report has ended: the account's words for the end, and what the campaign's counters say against it."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import IO, TypeVar

from sendtrail import threads
from sendtrail.activecampaign.http.client import Client, Get
from sendtrail.activecampaign.v1.envelope import NoRows, page_rows
from sendtrail.activecampaign.v1.report_request import report_request
from sendtrail.domain.campaign import CampaignMessage
from sendtrail.domain.campaign_report import PAGE_SIZE, Report, ReportPage, ReportQuery
from sendtrail.errors import Rejected

T = TypeVar("T")

# A page that no report has: twenty million rows would come before it.
FAR_PAGE = 1_000_000
# So many such pages have to be answered alike: an account in trouble may answer one of them with its error.
PROOFS = 3
# A page of clicks may be huge, and forwards have no pages.
_NO_EXAMPLES = (Report.CLICKS, Report.FORWARDS)


class ReportEnds:
    """Tells the end of a report from an error, whatever language the account says it in.

    Its words for the end are learnt from it, once per process: a report that is answered with rows is asked for a page
    that cannot exist. Words that were never proven like this are an error.
    """

    def __init__(self, client: Client, *, messages_of: Callable[[int], Sequence[CampaignMessage]]) -> None:
        self._client, self._messages_of = client, messages_of
        self._learning = threads.lock()

    def fetch(self, get: Get, query: ReportQuery, read: Callable[[IO[bytes]], T | NoRows]) -> T | None:
        """Return what `read` makes of a page of a report, None past its end."""
        found = self._client.fetch(get, read)
        if not isinstance(found, NoRows):
            return found
        if self._is_known(found) or _is_agreed(found, get, query) or self._learns(found, query):
            return None
        return self._client.fetch(get, lambda body: self._page_or_error(read(body)))

    def _page_or_error(self, found: T | NoRows) -> T | None:
        if not isinstance(found, NoRows):
            return found
        if self._is_known(found):
            return None
        raise found.refusal()

    def _is_known(self, answer: NoRows) -> bool:
        return answer.is_documented_end or answer in self._client.memory.report_ends

    def _learns(self, answer: NoRows, query: ReportQuery) -> bool:
        """Ask for a page that cannot exist, and remember its words; return whether those of `answer` are known now."""
        with self._learning:
            if not self._is_known(answer) and any(self._proves(example, answer) for example in self._examples(query)):
                self._client.memory.report_ends.add(answer)
        return self._is_known(answer)

    def _examples(self, query: ReportQuery) -> Iterator[ReportQuery]:
        """Yield reports that may prove what an answer means: this one and the opens, and those of a message."""
        reports = dict.fromkeys([*([] if query.report in _NO_EXAMPLES else [query.report]), Report.OPENS])
        yield from (replace(query, report=report) for report in reports)
        if query.message_id or not self._client.memory.reports_shown_whole.isdisjoint(reports):
            return
        messages: Sequence[CampaignMessage] = ()
        with suppress(Rejected):  # what cannot be proven is an error all the same, in the account's words
            messages = self._messages_of(query.campaign_id)
        for message in messages[:1]:
            yield from (replace(query, report=report, message_id=message.message_id) for report in reports)

    def _proves(self, example: ReportQuery, answer: NoRows) -> bool:
        if isinstance(self._ask(example, 1), NoRows):
            return False
        return all(self._ask(example, FAR_PAGE + number) == answer for number in range(PROOFS))

    def _ask(self, query: ReportQuery, page: int) -> object:
        return self._client.json(report_request(query, page), page_rows)


def _is_agreed(answer: NoRows, get: Get, query: ReportQuery) -> bool:
    """Return whether a report that succeeds without rows is empty by its counter, too."""
    return answer.is_success and query.expected_rows == 0 and get.params.get("page", 1) == 1


class SeenRows:
    """Counts the rows of a report, those before its position included, as the campaign's counters do.

    Some accounts have a row of unsubscriptions per list: they are counted by contact.
    """

    def __init__(self, query: ReportQuery, *, page_size: int = PAGE_SIZE) -> None:
        self._is_by_contact = query.report is Report.UNSUBSCRIBES
        self._contacts = set[str]()
        self._rows = rows_before(query, page_size=page_size)

    def record(self, page: ReportPage) -> None:
        """Count the rows of a page."""
        if self._is_by_contact:
            self._contacts.update(each.contact_id or each.contact_email for each in page.activities)
            self._rows += len(page.unreadable)
        else:
            self._rows += page.rows

    @property
    def count(self) -> int:
        """Return how many rows were seen."""
        return self._rows + len(self._contacts)


def rows_before(query: ReportQuery, *, page_size: int) -> int:
    """Return how many rows there are before the position that a report is read from, as its pages are full."""
    return (query.position.page - 1) * page_size


def is_below_counters(query: ReportQuery, *, seen: int) -> bool:
    """Return whether the campaign's counters promise more rows than were seen."""
    return seen < promised_rows(query)


def promised_rows(query: ReportQuery) -> int:
    """Return how many rows there are at least by the campaign's counters."""
    return min(query.changed_rows or 0, 1) if query.expected_rows is None else query.expected_rows


def has_all_rows(query: ReportQuery, *, seen: int, is_full: bool) -> bool:
    """Return whether the account need not be asked for the end: its counters are reached, by a page that is not full.

    A list that was left in the middle, and entered there again, is read to its end all the same.
    """
    is_entered_again = query.position.page not in (1, query.first_page)
    if is_full or query.to_the_end or query.expected_rows is None or is_entered_again:
        return False
    return seen >= query.expected_rows
