"""From the rows of a page to a ReportPage, with those that cannot be read kept apart."""

import logging
from collections.abc import Callable, Iterable
from typing import TypeVar
from zoneinfo import ZoneInfo

from sendtrail.activecampaign.http.account_words import Mask
from sendtrail.activecampaign.unreadable_rows import unreadable_row
from sendtrail.activecampaign.v1.report_request import page_subject
from sendtrail.activecampaign.v1.rows import Origin, activities
from sendtrail.domain.activity import Activity
from sendtrail.domain.campaign_report import ReportCursor, ReportPage, ReportQuery, UnreadableRow

logger = logging.getLogger(__name__)

T = TypeVar("T")


class PageReading:
    """How the rows of a query's pages are read."""

    def __init__(self, query: ReportQuery, *, zone: ZoneInfo, mask: Mask) -> None:
        self._query, self._mask = query, mask
        message_id = "" if query.is_message_ignored else query.message_id
        self.origin = Origin(campaign_id=query.campaign_id, message_id=message_id, zone=zone)

    def page(
        self, rows: Iterable[T], read: Callable[[T], Activity], *, page: int, position: ReportCursor | None
    ) -> ReportPage:
        """Return what the rows of a page say; `position` is where to go on after them."""
        found, bad = activities(rows, read)
        unreadable = tuple(self._unreadable(row, page=page, reason=str(problem)) for row, problem in bad)
        if unreadable:
            reasons = "; ".join(sorted({row.reason for row in unreadable}))
            subject = page_subject(self._query, page)
            logger.warning("%s: %d rows cannot be read (%s)", subject, len(unreadable), reasons)
        return ReportPage(activities=found, position=position, unreadable=unreadable)

    def _unreadable(self, row: object, *, page: int, reason: str) -> UnreadableRow:
        return unreadable_row(self._query.report, page, row, reason=reason, mask=self._mask)
