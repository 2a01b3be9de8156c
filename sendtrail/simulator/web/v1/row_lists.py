"""The rows of a v1 report in the order in which it shows them: of one message, or of all messages of a campaign."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sendtrail.simulator.account import Account
from sendtrail.simulator.quirks import EventType, Quirks
from sendtrail.simulator.randomness import Permutation
from sendtrail.simulator.report_lists.initial_rows import State
from sendtrail.simulator.report_lists.view import View
from sendtrail.simulator.web.v1.report_rows import RowWriter
from sendtrail.simulator.world.campaigns import Report

# A row, and the number of the contact that it is of.
Shown = tuple[object, int]
States = Callable[[int, int], list[State]]


@dataclass(frozen=True, slots=True, kw_only=True)
class RowList:
    """The rows of some lists of one kind; `newest_first` is what the request asks for."""

    account: Account
    reports: tuple[Report, ...]
    newest_first: bool

    def rows(self, start: int, stop: int) -> list[Shown]:
        """Return the rows from one place up to another."""
        if len(self.reports) > 1:
            return self._merged()[start:stop]
        writer = RowWriter(self.account, self.reports[0])
        states = self._ordered(self.reports[0])
        if writer.is_per_list:
            return list(_shown(writer, states(0, stop)))[start:stop]
        return list(_shown(writer, states(start, stop)))

    def bad_rows(self) -> list[Shown]:
        """Return the rows that nobody can read, of nobody."""
        return [(row, -1) for row in RowWriter(self.account, self.reports[0]).bad_rows()]

    def _merged(self) -> list[Shown]:
        dated = [
            (state.at, shown)
            for report in self.reports
            for writer in [RowWriter(self.account, report)]
            for state in self.account.view(report)
            for shown in _shown(writer, [state])
        ]
        dated.sort(key=lambda pair: pair[0], reverse=self._is_newest_first)
        return [shown for _, shown in dated]

    @property
    def _is_newest_first(self) -> bool:
        return is_newest_first(self.reports[0].event, self.account.quirks, asked=self.newest_first)

    def _ordered(self, report: Report) -> States:
        """Return what returns the states from one place up to another, in the order of the report."""
        quirks, view = self.account.quirks, self.account.view(report)
        if report.event == "open" and quirks.unsorted_opens:
            return lambda start, stop: _shuffled(view, report.campaign.key, slice(start, stop))
        if report.event == "open" and quirks.opens_sorted_within_pages:
            return lambda start, stop: view.slice(len(view) - stop, len(view) - start)
        if self._is_newest_first:
            return view.slice
        return lambda start, stop: view.slice(len(view) - stop, len(view) - start)[::-1]


def is_newest_first(event: EventType, quirks: Quirks, *, asked: bool) -> bool:
    """Say whether a report is shown newest first."""
    return event == "forward" or (event == "open" and asked and not quirks.ascending_opens)


def _shown(writer: RowWriter, states: list[State]) -> Iterator[Shown]:
    numbers = [writer.number(state.member) for state in states]
    if not writer.is_per_list:
        return zip(writer.rows(states), numbers, strict=True)
    return ((row, number) for state, number in zip(states, numbers, strict=True) for row in writer.rows([state]))


def _shuffled(view: View, key: int, rows: slice) -> list[State]:
    order = Permutation(max(1, len(view)), key=key)
    return [view[order[n]] for n in range(len(view))[rows]]
