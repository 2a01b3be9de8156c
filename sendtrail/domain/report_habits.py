"""How an account shows a report, as far as it was seen: the size of its pages, and their order. Pure rules.

None of it is documented reliably, and each decides whether rows may be left unread. So it is observed while reports
are read, and what was not seen yet is not relied on.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sendtrail.domain.campaign_report import PAGE_SIZE

# No account is known whose full pages are shorter: a list of a few rows is not taken for a full page.
LEAST_PAGE_SIZE = 10
# Page sizes are multiples of it: pages of 18 rows are pages of 20 of which two are not shown.
ROUND = 5
# So many lists that end after as many rows as the longest page seen say that a page may have more.
ENDS_NEEDED = 3
# So many borders between pages have to be in order before the order is relied on; each disorder doubles it.
BORDERS_NEEDED = 10
MAX_DOUBLINGS = 10
# Pages of different lengths are remembered for so long: an account may have changed its size once.
SIZES_KEPT = timedelta(days=30)
# So many rows that came while their counters stood still say that these do not follow: a deletion may hide one or two.
UNCOUNTED_NEEDED = 3
# For so long counters that did not follow are not relied on; as long as they are, each reading shows it anew.
DOUBTED_FOR = timedelta(days=30)


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportHabits:
    """What was seen of one report of an account, in all of its campaigns.

    `shortest_followed` and `longest_followed` are the lengths of pages that another page followed, 0 before there were
    any, `longest` that of any page; `sized_at` is when they last changed. `ends_at_longest` is how many lists ended
    after a page of the longest length. `borders_in_order` is how many borders between pages were in descending order
    since the last one that was not, `disorders` how many were not. `repeats_last_page` says that a page past the end
    shows the last one again, `ignores_message` that each message has the rows of all, `heeds_message` that it has its
    own; neither is known at first. `has_row_per_event` says that a contact has a row for each event. `uncounted` is how
    many rows came while their campaign's counters stood still, `uncounted_at` when the last of them was seen.
    """

    shortest_followed: int = 0
    longest_followed: int = 0
    longest: int = 0
    ends_at_longest: int = 0
    sized_at: datetime | None = None
    borders_in_order: int = 0
    disorders: int = 0
    repeats_last_page: bool = False
    ignores_message: bool = False
    heeds_message: bool = False
    has_row_per_event: bool = False
    uncounted: int = 0
    uncounted_at: datetime | None = None

    @property
    def page_size(self) -> int:
        """Return how many rows a page has at least that another one follows."""
        return self.shortest_followed or PAGE_SIZE

    @property
    def is_regular(self) -> bool:
        """Return whether all pages that others followed had the same length, and one that somebody would choose."""
        return self.shortest_followed == self.longest_followed and not self.shortest_followed % ROUND

    @property
    def has_usual_pages(self) -> bool:
        """Return whether nothing seen speaks against pages of the usual size."""
        return self.is_regular and self.page_size == PAGE_SIZE and self.longest <= PAGE_SIZE

    @property
    def is_newest_first(self) -> bool:
        """Return whether the order from page to page was seen often enough to be relied on."""
        return self.borders_in_order >= borders_needed(self.disorders)

    def has_stale_counters(self, now: datetime) -> bool:
        """Return whether rows were lately seen to come although their counters stood still."""
        return self.uncounted >= UNCOUNTED_NEEDED and _is_recent(self.uncounted_at, now, kept=DOUBTED_FOR)

    def is_full(self, rows: int) -> bool:
        """Return whether another page may follow one of so many rows, whatever counters say."""
        if not self.is_regular:
            return True
        if self.shortest_followed:
            return rows >= self.shortest_followed
        may_be_longest = self.ends_at_longest < ENDS_NEEDED and rows >= max(self.longest, LEAST_PAGE_SIZE)
        return rows >= PAGE_SIZE or may_be_longest

    def is_certainly_whole(self, rows: int) -> bool:
        """Return whether a first page of so many rows is shorter than those that others follow."""
        return bool(self.shortest_followed) and not self.is_full(rows)


# Returns the habits after something was seen, now.
Change = Callable[[ReportHabits, datetime], ReportHabits]


def borders_needed(disorders: int) -> int:
    """Return how many borders in a row have to be in order after so many that were not."""
    return BORDERS_NEEDED << min(disorders, MAX_DOUBLINGS)


def with_page(habits: ReportHabits, rows: int, *, followed: int, now: datetime) -> ReportHabits:
    """Return the habits after a page of `rows` that came after one of `followed` rows, 0 where it was the first."""
    longest = max(habits.longest, rows, followed)
    sized = habits if longest == habits.longest else replace(habits, longest=longest, ends_at_longest=0, sized_at=now)
    if not followed:
        return sized
    if habits.shortest_followed and _is_recent(habits.sized_at, now, kept=SIZES_KEPT):
        shortest, most = min(habits.shortest_followed, followed), max(habits.longest_followed, followed)
    else:
        shortest = most = followed
    if (shortest, most) == (habits.shortest_followed, habits.longest_followed):
        return sized
    return replace(sized, shortest_followed=shortest, longest_followed=most, sized_at=now)


def with_end(habits: ReportHabits, rows: int) -> ReportHabits:
    """Return the habits after a list that ended after a page of so many rows."""
    is_telling = not habits.shortest_followed and rows == habits.longest < PAGE_SIZE and rows >= LEAST_PAGE_SIZE
    if not is_telling or habits.ends_at_longest >= ENDS_NEEDED:
        return habits
    return replace(habits, ends_at_longest=habits.ends_at_longest + 1)


def with_border(habits: ReportHabits, *, is_in_order: bool) -> ReportHabits:
    """Return the habits after a border between two pages that showed an order, or the lack of one."""
    if is_in_order:
        if habits.is_newest_first:
            return habits
        return replace(habits, borders_in_order=habits.borders_in_order + 1)
    return replace(habits, borders_in_order=0, disorders=min(habits.disorders + 1, MAX_DOUBLINGS))


def with_uncounted(habits: ReportHabits, rows: int, *, now: datetime) -> ReportHabits:
    """Return the habits after so many rows that came while the counters of their campaign stood still."""
    before = habits.uncounted if _is_recent(habits.uncounted_at, now, kept=DOUBTED_FOR) else 0
    return replace(habits, uncounted=min(before + rows, UNCOUNTED_NEEDED), uncounted_at=now)


def _is_recent(moment: datetime | None, now: datetime, *, kept: timedelta) -> bool:
    return moment is not None and timedelta() <= now - moment < kept
