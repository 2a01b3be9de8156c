"""A report that has one page, in an account that may divide it as it does the others.

More is asked for only where the page is full and the campaign's counter promises more rows than it holds.
"""

from collections.abc import Hashable

from sendtrail.activecampaign.v1.oddities.repeated_pages import Rows
from sendtrail.activecampaign.v1.repeat_guard import whose_rows
from sendtrail.domain.campaign_report import PAGE_SIZE


class SinglePage:
    """Looks at the pages of one reading, from page `first` on; `promised` is how many rows its counter says."""

    def __init__(self, *, promised: int | None, first: int) -> None:
        self._missing = 0 if promised is None else promised - (first - 1) * PAGE_SIZE
        self._is_full = True
        self._shown: frozenset[Hashable] = frozenset()

    def is_asked_for(self, page: int) -> bool:
        """Return whether a page may have rows."""
        return page == 1 or (self._is_full and self._missing > 0)

    def rows(self, page: int, found: Rows) -> Rows:
        """Take note of a page; return its rows, None where it shows those of the pages before it once more."""
        if found is None:
            return None
        whose = whose_rows(found)
        if page > 1 and whose <= self._shown:
            self._is_full = False
            return None
        self._is_full = len(found) >= PAGE_SIZE
        self._shown |= whose
        self._missing -= len(found)
        return found
