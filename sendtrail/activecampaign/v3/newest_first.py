"""A list asked for newest first, where its last page was full when its end was proven: then that page proves it again.

A full page is never the last by itself, and a total may be an old one. But where the rows came newest first, and are
those of the proven end and no others, nothing can have been added: it would have been shown first.
"""

from collections.abc import Mapping
from itertools import pairwise

from sendtrail.activecampaign.account_memory import FullLists

# The lists that can be asked for so. The order is not documented for them: where it is ignored, the rows show it.
ORDERED = frozenset({"campaigns"})


class ListedRows:
    """The rows of one pass over a list, in the order of its pages."""

    def __init__(self, name: str, full_lists: FullLists) -> None:
        self._name, self._full_lists = name, full_lists
        self._ids: list[int] = []
        self._has_ids = True
        self.is_full = False
        self.order: Mapping[str, str] = (
            {"orders[id]": "DESC"} if name in ORDERED and full_lists.ended_full(name) else {}
        )

    def record(self, ids: Mapping[int, object], *, received: int, is_full: bool) -> None:
        """Record a page, in the order in which it showed its rows."""
        self._ids += ids
        self._has_ids = self._has_ids and len(ids) == received
        self.is_full = is_full

    def are_known(self) -> bool:
        """Return whether nothing can follow: the rows came newest first, and are those of the end as it was proven."""
        is_newest_first = bool(self.order) and self._has_ids and all(a > b for a, b in pairwise(self._ids))
        return is_newest_first and self._full_lists.is_known(self._name, self._ids)

    def record_end(self) -> None:
        """Record that the list has come to its proven end."""
        if self._name in ORDERED and self._has_ids:
            self._full_lists.record(self._name, set(self._ids), is_full=self.is_full)
