"""Every report list of the account: who its members are, and what happened to them."""

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass

from sendtrail.simulator.report_lists.membership import capacity, first_rows, member_at, place_of, recipients
from sendtrail.simulator.report_lists.row_changes import Changes, View
from sendtrail.simulator.world.campaigns import Campaign, Report, reports
from sendtrail.simulator.world.people import People


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """Something that happens to a list: a member does again what it did, or (None) a new one joins."""

    report: Report
    member: int | None
    at: int


class Ledger:
    """Tell what a list holds and who a member is, and record what happens."""

    def __init__(self, people: People, *, hold_back: bool) -> None:
        self._people = people
        self._changes: dict[tuple[int, str], Changes] = {}
        self._hold_back = hold_back
        self._held: list[Happening] = []
        self.gains: defaultdict[int, Counter[str]] = defaultdict(Counter)
        """What a campaign (by id) has gained: "click", "new click", and by list "click 17", "new click 17"."""

    def view(self, report: Report) -> View:
        """Return a list as it stands."""
        changes = self._changes.get(report.name)
        return changes.view() if changes else View(first=first_rows(report))

    def changes(self, report: Report) -> Changes:
        """Return what happened to a list; not to be changed but through this ledger."""
        return self._changes.get(report.name) or _unchanged(report)

    def numbers(self, report: Report) -> Callable[[int], int]:
        """Return a function from the members of a list to the numbers of the contacts they are."""
        order, first = recipients(report.campaign, self._people.mailable), report.message.first_recipient
        return lambda member: self._people.mailable_number(order[first + place_of(report, member)])

    def record(self, happening: Happening) -> None:
        """Count a happening, and change the list: later, where counters run ahead."""
        changes = self.changes(happening.report)
        if happening.member is None and changes.members() >= changes.capacity:
            return
        self._count(happening)
        self._held.append(happening)
        if not self._hold_back:
            self.catch_up()

    def catch_up(self) -> None:
        """Change the lists by all that the counters tell already."""
        held, self._held = self._held, []
        for happening in held:
            changes = self._own(happening.report)
            if happening.member is None:
                changes.join(happening.at)
            elif changes.holds(happening.member):
                changes.repeat(happening.member, happening.at)

    def erase_contact(self, campaign: Campaign, number: int) -> None:
        """Remove a contact's rows from every list of a campaign."""
        rank = self._people.mailable_rank(number)
        if rank is None:
            return
        recipient = recipients(campaign, self._people.mailable).index(rank)
        for message in campaign.messages:
            place = recipient - message.first_recipient
            if 0 <= place < message.recipients:
                self._erase(reports(campaign, message), place)

    def _erase(self, lists: list[Report], place: int) -> None:
        for report in lists:
            member = member_at(report, place)
            if member is not None and self.changes(report).holds(member):
                self._own(report).erase(member)

    def _count(self, happening: Happening) -> None:
        report, gained = happening.report, self.gains[happening.report.campaign.id]
        for name in (report.event, f"{report.event} {report.name[0]}"):
            gained[name] += 1
            gained[f"new {name}"] += happening.member is None

    def _own(self, report: Report) -> Changes:
        return self._changes.setdefault(report.name, self.changes(report))


def _unchanged(report: Report) -> Changes:
    return Changes(first=first_rows(report), capacity=capacity(report))
