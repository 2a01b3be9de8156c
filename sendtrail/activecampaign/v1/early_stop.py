"""When the opens need not be read to their end: newest first, and the rest is older than what is asked for.

Pure decisions. The API is asked for the newest first; that it obeys is checked on every page, and what was never seen
to go down in time proves nothing.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

from sendtrail.domain.campaign_report import SLACK, ReportCursor

# A page in no order goes up as often as down; one in order hardly ever goes up, save in that hour.
MAX_STEPS_UP = 1 / 4


def after_page(position: ReportCursor, times: Sequence[datetime]) -> ReportCursor:
    """Return the position after a page whose rows have these times.

    `earliest` becomes the earliest time of all: in a list that has kept its order no later row is far above it.
    """
    if not times:  # no row of the page could be read
        return replace(position, page=position.page + 1)
    seen = [*times] if position.earliest is None else [position.earliest, *times]
    downs = sum(later < earlier for earlier, later in pairwise(times))
    ups = sum(later > earlier for earlier, later in pairwise(times))
    return replace(
        position,
        page=position.page + 1,
        descending=position.descending and ups <= downs * MAX_STEPS_UP and _stays_below(seen),
        descents=position.descents + downs,
        earliest=min(seen),
    )


def is_complete(position: ReportCursor, *, since: datetime, slack: timedelta = SLACK) -> bool:
    """Return whether no row from `since` on can follow."""
    if position.earliest is None or not position.descending or not position.descents:
        return False
    return position.earliest < since - slack


def _stays_below(times: Sequence[datetime]) -> bool:
    """Return whether no time is later than any before it by more than the tolerance."""
    lowest = times[0]
    for time in times:
        if time - lowest > SLACK:
            return False
        lowest = min(lowest, time)
    return True
