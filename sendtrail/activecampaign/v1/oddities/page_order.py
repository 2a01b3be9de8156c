"""Whether the order of opens holds from page to page: some accounts sort within each page only."""

from collections.abc import Sequence

from sendtrail.activecampaign.account_memory import Habits
from sendtrail.domain.activity import Activity
from sendtrail.domain.campaign_report import SLACK, Report, ReportCursor
from sendtrail.domain.report_habits import with_border


class PageOrder:
    """Observes the borders between the pages of one reading of the opens."""

    def __init__(self, habits: Habits) -> None:
        self._habits = habits
        self._last: Sequence[Activity] = ()

    @property
    def is_newest_first(self) -> bool:
        """Return whether the order was seen often enough to leave the rest of a list unread."""
        return self._habits.of(Report.OPENS).is_newest_first

    def record(self, before: ReportCursor, activities: Sequence[Activity]) -> None:
        """Record the border before a page; `before` is the position after the pages above it.

        Pages that are in no order themselves have no borders to tell of, and rows that moved down are on both pages.
        """
        last, self._last = self._last, activities
        if last and before.descending and before.descents:
            verdict = is_in_order(last, activities)
            if verdict is not None:
                self._habits.observe(Report.OPENS, lambda habits, _: with_border(habits, is_in_order=verdict))


def is_in_order(above: Sequence[Activity], below: Sequence[Activity]) -> bool | None:
    """Return whether a page goes on below the one above it; None where that does not show."""
    known = {_who(activity) for activity in above}
    times = [activity.activity_timestamp for activity in below if _who(activity) not in known]
    if not times:
        return None
    highest, lowest = (end(activity.activity_timestamp for activity in above) for end in (max, min))
    if max(times) > lowest + SLACK:
        return False
    return True if max(times) < highest and min(times) < lowest else None


def _who(activity: Activity) -> str:
    return activity.contact_id or activity.contact_email
