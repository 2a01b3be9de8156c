"""What happens in an account while time passes: new activity of some campaigns, changes to some contacts."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from sendtrail.simulator.account_clock import DAY_S
from sendtrail.simulator.plan import Kind
from sendtrail.simulator.quirks import EventType
from sendtrail.simulator.randomness import derive, mix
from sendtrail.simulator.report_lists.ledger import Ledger
from sendtrail.simulator.world.campaigns import Campaign, Link, Message, Report
from sendtrail.simulator.world.contacts import Contacts
from sendtrail.simulator.world.new_activity import NewActivity
from sendtrail.simulator.world.people import Contact
from sendtrail.simulator.world.reversals import Reversals

_UP_TO: dict[EventType, int] = {"open": 70, "click": 90, "unsubscribe": 94, "bounce": 98, "forward": 100}  # percent
_YOUNG: dict[Kind, int] = {
    "automation": 80,
    "ordinary": 80,
    "split": 80,
    "draft": 0,
}  # chances of activity, percent
_OLD: dict[Kind, int] = {"automation": 80, "ordinary": 25, "split": 25, "draft": 0}
_YOUNG_S = 21 * DAY_S
_REPEATABLE = ("open", "click")


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A stretch of time in which things happen, and the randomness of it."""

    key: int
    start: int
    end: int
    share: float
    """The share of the openers, and of the contacts, that do something."""

    def moments(self, count: int) -> Iterator[tuple[int, int]]:
        """Split the span evenly: yield (instant, random bits), in order."""
        for n in range(count):
            bits = mix(self.key, n)
            yield self.start + 1 + int((self.end - self.start - 1) * (n + (bits & 0xFF) / 256) / count), bits >> 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """Make things happen to a ledger and to contacts."""

    ledger: Ledger
    contacts: Contacts
    reversals: Reversals
    tags: int
    """How many tags there are to put on."""

    def campaign_activity(self, campaign: Campaign, span: Span) -> None:
        """Let a campaign's contacts open, click, leave ... in a span, if anything happens to the campaign at all."""
        own = Span(key=derive(span.key, campaign.id), start=span.start, end=span.end, share=span.share)
        if not _is_active(campaign, own):
            return
        openers = sum(message.openers for message in campaign.messages)
        for at, bits in own.moments(8 + int(openers * own.share)):
            event = next(event for event, up_to in _UP_TO.items() if (bits >> 8) % 100 < up_to)
            self._add(_some_report(campaign, event, bits), at, bits >> 24)
        if campaign.kind == "automation":
            self.ledger.gains[campaign.id]["sent"] += 1 + own.key % 5
        self.reversals.resubscription(campaign, own.key, at=span.end)

    def exact_campaign_activity(self, campaign: Campaign, new: NewActivity, span: Span) -> None:
        """Let exactly so much happen to a campaign, each kind of event spread over the span."""
        happenings: list[tuple[int, int, EventType]] = []
        for event, count in new.events():
            own = replace(span, key=derive(span.key, campaign.id, event))
            happenings += [(at, bits, event) for at, bits in own.moments(count)]
        for at, bits, event in sorted(happenings):
            self._add(_some_report(campaign, event, bits), at, bits >> 24)
        self.reversals.resubscription(campaign, derive(span.key, campaign.id), at=span.end)

    def arrivals(self, report: Report, span: Span) -> None:
        """Let a member do again what it did and a new one join, while a list is being read."""
        for n, (at, bits) in enumerate(span.moments(3)):
            self._add(report, at, bits, again=n == 1 and report.event in _REPEATABLE)

    def contact_changes(self, span: Span) -> None:
        """Add, edit, tag, unsubscribe and delete contacts in a span."""
        for n, (at, bits) in enumerate(span.moments(6 + int(len(self.contacts) * span.share))):
            contact = self.contacts.pick(bits >> 8)
            if contact is None or n % 6 == 0:
                self.contacts.add(at)
            elif n % 6 == 5:
                self.reversals.deletion(contact)
            else:
                self._change(contact, n % 6, at)

    def _change(self, contact: Contact, turn: int, at: int) -> None:
        if turn == 1:
            self.contacts.rename(contact, at)
        elif turn == 2:
            self.contacts.unsubscribe(contact, at)
        elif self.tags:
            self.contacts.retag(contact, 1 + at % self.tags)

    def _add(self, report: Report, at: int, bits: int, *, again: bool | None = None) -> None:
        again = bits & 1 == 0 and report.event in _REPEATABLE if again is None else again
        member = self._somebody(report, bits >> 1) if again else None
        if member is not None:
            self.ledger.repeat(report, member, at)
        elif not self.reversals.open_after_bounce(report, bits, at=at):
            self.ledger.join(report, at)

    def _somebody(self, report: Report, bits: int) -> int | None:
        changes = self.ledger.changes(report)
        if not changes.members():
            return None
        member = bits % changes.members()
        gone = self.contacts.is_deleted(self.ledger.numbers(report)(member))
        return None if gone or not changes.holds(member) else member


def _is_active(campaign: Campaign, span: Span) -> bool:
    chances = _YOUNG if span.start - campaign.sent_at < _YOUNG_S else _OLD
    return span.key % 100 < chances[campaign.kind]


def _some_report(campaign: Campaign, event: EventType, bits: int) -> Report:
    """Return the list that an event goes to; a click in a message without links is an open."""
    message = campaign.messages[bits % len(campaign.messages)]
    link = _some_link(message, bits >> 16) if event == "click" else None
    event = "open" if event == "click" and link is None else event
    return Report(campaign=campaign, message=message, event=event, link=link)


def _some_link(message: Message, bits: int) -> Link | None:
    return message.links[bits % len(message.links)] if message.links else None
