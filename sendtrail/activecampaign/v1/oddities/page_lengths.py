"""The lengths of a report's pages, as they are read: what they say of pages to come is in `domain/report_habits`."""

from sendtrail.activecampaign.account_memory import Habits
from sendtrail.domain.campaign_report import Report
from sendtrail.domain.report_habits import with_end, with_page


class PageLengths:
    """Records the lengths of the pages of one reading."""

    def __init__(self, habits: Habits, report: Report) -> None:
        self._habits, self._report = habits, report
        self._last = 0

    def record(self, rows: int) -> None:
        """Record a page that came after the last one."""
        followed, self._last = self._last, rows
        self._habits.observe(self._report, lambda habits, now: with_page(habits, rows, followed=followed, now=now))

    def record_end(self) -> None:
        """Record that the list has ended after the last page."""
        rows = self._last
        self._habits.observe(self._report, lambda habits, _: with_end(habits, rows))

    def is_full(self, rows: int) -> bool:
        """Return whether another page may follow one of so many rows."""
        return self._habits.of(self._report).is_full(rows)
