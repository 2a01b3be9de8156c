"""Every report list of the account: who its members are, and what happened to them."""

from collections.abc import Callable, Collection

from sendtrail.simulator.account_clock import HOUR_S, Clock
from sendtrail.simulator.quirks import EventType, Quirks
from sendtrail.simulator.report_lists.delays import Delays, Happening
from sendtrail.simulator.report_lists.gains import Gains
from sendtrail.simulator.report_lists.membership import capacity, first_rows, memberships, place_of, recipients
from sendtrail.simulator.report_lists.row_changes import Changes
from sendtrail.simulator.report_lists.view import View
from sendtrail.simulator.world.campaigns import Campaign, Report
from sendtrail.simulator.world.people import People


class Ledger:
    """Tell what a list holds and who a member is, and record what happens."""

    def __init__(self, people: People, quirks: Quirks, *, clock: Clock) -> None:
        self.people = people
        self._quirks, self._clock = quirks, clock
        self._freezes_at = clock.now() + int(quirks.counters_freeze_h * HOUR_S)
        self._per_event = frozenset[str](quirks.row_per_event)
        self._still = frozenset[str](quirks.still_tstamps) - self._per_event
        self._changes: dict[tuple[int, str], Changes] = {}
        self.delays = Delays(quirks)
        self.gains = Gains(is_frozen=self._is_frozen)

    def view(self, report: Report) -> View:
        """Return a list as it stands."""
        if report.event in self._per_event:
            return self._own(report).view()  # which is made once
        changes = self._changes.get(report.name)
        return changes.view() if changes else View(first=first_rows(report))

    def changes(self, report: Report) -> Changes:
        """Return what happened to a list; not to be changed but through this ledger."""
        return self._changes.get(report.name) or self._unchanged(report)

    def numbers(self, report: Report) -> Callable[[int], int]:
        """Return a function from the members of a list to the numbers of the contacts they are."""
        order, first = recipients(report.campaign, self.people.mailable), report.message.first_recipient
        return lambda member: self.people.mailable_number(order[first + place_of(report, member)])

    def join(self, report: Report, at: int) -> None:
        """Let the next member join a list, as long as there is one: at once in the counters, in the list when due."""
        member = self._own(report).next_member()
        if member is not None:
            self._record(Happening(report=report, member=member, at=at, is_new=True))

    def join_by_name(self, report: Report, member: int, at: int) -> None:
        """Let somebody join whose turn it is not."""
        self._record(Happening(report=report, member=member, at=at, is_new=True))

    def repeat(self, report: Report, member: int, at: int) -> None:
        """Let a member do again what it did."""
        self._record(Happening(report=report, member=member, at=at, is_new=False))

    def catch_up(self, now: int) -> None:
        """Change the lists by all that is due."""
        for happening in self.delays.due(now):
            self._list(happening, self.delays.due_at(happening))

    def begin_day(self, now: int) -> None:
        """Change the lists by what waited for the next day to begin."""
        self.delays.begin_day(now)
        self.catch_up(now)

    def catch_up_at_once(self, now: int) -> None:
        """Change the lists by all that the counters say already."""
        for happening in self.delays.everything():
            self._list(happening, now)

    def erase(self, report: Report, member: int, *, counter_falls: bool) -> None:
        """Remove a row from a list."""
        state = self.changes(report).state(member)
        if state is None:
            return
        self._own(report).erase(member)
        if counter_falls:
            self.gains.lose(report, member, times=state.times)

    def forget_contact(
        self, campaign: Campaign, number: int, *, vanishing: Collection[EventType], falling: Collection[EventType]
    ) -> None:
        """Remove a contact's rows of some kinds from every list of a campaign, and lower the counters of some kinds."""
        rank = self.people.mailable_rank(number)
        if rank is None:
            return
        for report, member in memberships(campaign, rank, self.people.mailable):
            self._forget(report, member, vanishes=report.event in vanishing, falls=report.event in falling)

    def _forget(self, report: Report, member: int, *, vanishes: bool, falls: bool) -> None:
        state = self.changes(report).state(member)
        if state and falls:
            self.gains.lose(report, member, times=state.times)
        if state and vanishes:
            self._own(report).erase(member)
        for happening in self.delays.waiting(report, member) if falls else ():
            self.gains.lose(report, member, times=1, is_row=happening.is_new)
        if vanishes:
            for happening in self.delays.waiting(report, member):
                self.delays.drop(happening)

    def _is_frozen(self, event: EventType) -> bool:
        """Say whether nothing of a kind is counted any more: of a day that ends later, nothing either."""
        return event in self._quirks.frozen_counters and self._clock.now() > self._freezes_at

    def _record(self, happening: Happening) -> None:
        self.gains.count(happening.report, is_new=happening.is_new)
        if self.delays.holds_back(happening):
            self.delays.hold(happening)
        else:
            self._list(happening, happening.at)

    def _list(self, happening: Happening, listed_at: int) -> None:
        changes, member = self._own(happening.report), happening.member
        if happening.is_new:
            changes.join(member, happening.at, listed_at=listed_at)
        elif before := changes.state(member):
            changes.repeat(before, happening.at, listed_at=listed_at)

    def _own(self, report: Report) -> Changes:
        return self._changes.setdefault(report.name, self.changes(report))

    def _unchanged(self, report: Report) -> Changes:
        return Changes(
            first=first_rows(report),
            capacity=capacity(report),
            still=report.event in self._still,
            per_event=report.event in self._per_event,
        )
