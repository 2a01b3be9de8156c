"""The fewest requests that a sync could do with, by an account's true data.

The fewest are what a reader needs who knows beforehand where everything is and that nothing else has changed:

- the campaign list, 100 per request;
- of opens, the pages that hold a row which came, or moved to its place, since the last sync;
- of opens that grew where they stand, each page once a day, as counts may be a day old;
- of clicks, the pages of links on which anything changed;
- of bounces and unsubscriptions, the pages with new rows, and the page past the end where the last one is full: a
  full page is never known to be the last.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from math import ceil

from sendtrail.simulator import Account
from sendtrail.simulator.report_lists.initial_rows import State
from sendtrail.simulator.report_lists.view import View
from sendtrail.simulator.world.campaigns import Report, reports

PAGE_SIZE = 20
CAMPAIGNS_PER_REQUEST = 100
READ_TO_THE_END = ("bounce", "unsubscribe")


@dataclass(frozen=True, kw_only=True, slots=True)
class Fewest:
    """The fewest requests of a sync by what they are for.

    `open_depth` are the pages of opens down to the lowest row that grew where it stands: what a reader needs who does
    not know beforehand where that is.
    """

    campaigns: int = 0
    open: int = 0
    grown: int = 0
    open_depth: int = 0
    click: int = 0
    bounce: int = 0
    unsubscribe: int = 0

    def __add__(self, other: "Fewest") -> "Fewest":
        """Return both together."""
        return Fewest(**{name: getattr(self, name) + getattr(other, name) for name in self.__slots__})

    @property
    def requests(self) -> int:
        """Return all of them."""
        return self.campaigns + self.open + self.grown + self.click + self.bounce + self.unsubscribe

    @property
    def requests_without_foresight(self) -> int:
        """Return all of them for a reader who looks for rows that grew from the newest row on."""
        return self.requests - self.grown + self.open_depth


def fewest(account: Account, *, since: float, grown_since: float | None) -> Fewest:
    """Return the fewest requests for what changed since the last sync.

    `grown_since` is from when on counts that grew in place are to be found, None where none are: they may be a day old.
    """
    found = Fewest(campaigns=ceil(len(account.campaigns) / CAMPAIGNS_PER_REQUEST))
    for campaign in account.campaigns:
        for message in campaign.messages:
            lists = reports(campaign, message)
            found += _clicks([account.view(each) for each in lists if each.event == "click"], since)
            for each in lists:
                if each.event == "open":
                    found += _opens(account.view(each), since, grown_since)
                elif each.event in READ_TO_THE_END:
                    found += _to_the_end(each, account.view(each), since)
    return found


def _opens(view: View, since: float, grown_since: float | None) -> Fewest:
    new = _pages(view, lambda state: state.at >= since)
    if grown_since is None:
        return Fewest(open=len(new))
    grown = _pages(view, lambda state: view.changed_at.get((state.member, state.at), 0) >= grown_since) - new
    return Fewest(open=len(new), grown=len(grown), open_depth=max(grown, default=0) + 1 - len(new) if grown else 0)


def _clicks(views: list[View], since: float) -> Fewest:
    pages = {place // PAGE_SIZE for place, view in enumerate(views) if any(_changed(view, since))}
    return Fewest(click=len(pages))


def _to_the_end(report: Report, view: View, since: float) -> Fewest:
    new = sum(1 for _ in _changed(view, since))
    if not new:
        return Fewest()
    rows = len(view)
    pages = (rows - 1) // PAGE_SIZE - (rows - new) // PAGE_SIZE + 1 + (rows % PAGE_SIZE == 0)
    return Fewest(bounce=pages) if report.event == "bounce" else Fewest(unsubscribe=pages)


def _changed(view: View, since: float) -> Iterator[State]:
    return (state for state in view if view.has_changed(state, since))


def _pages(view: Iterable[State], is_wanted: Callable[[State], bool]) -> set[int]:
    return {place // PAGE_SIZE for place, state in enumerate(view) if is_wanted(state)}
