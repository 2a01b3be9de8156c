"""What takes rows out of the reports again: deleting a contact, opening after a bounce, subscribing again."""

from collections.abc import Iterator
from dataclasses import dataclass

from sendtrail.simulator.quirks import EVENT_TYPES, EventType, Quirks
from sendtrail.simulator.report_lists.ledger import Ledger
from sendtrail.simulator.report_lists.membership import is_hard, place_of
from sendtrail.simulator.world.campaigns import Campaign, Report
from sendtrail.simulator.world.contacts import Contacts
from sendtrail.simulator.world.people import Contact


@dataclass(frozen=True, slots=True, kw_only=True)
class Reversals:
    """Let contacts take back what they did, as far as the account's quirks allow it."""

    ledger: Ledger
    contacts: Contacts
    campaigns: tuple[Campaign, ...]
    quirks: Quirks

    def deletion(self, contact: Contact) -> None:
        """Delete a contact, and what is to go with it from reports and counters."""
        self.contacts.delete(contact)
        vanishing, falling = self._vanishing(), self.quirks.counters_fall_on_deletion
        for campaign in self.campaigns if vanishing or falling else ():
            self.ledger.forget_contact(campaign, contact.number, vanishing=vanishing, falling=falling)

    def open_after_bounce(self, report: Report, bits: int, *, at: int) -> bool:
        """Let a contact whose mail had bounced softly open it, which erases the bounce; return False if none does."""
        if not self.quirks.opens_erase_soft_bounces or report.event != "open" or bits & 2:
            return False
        bounces = Report(campaign=report.campaign, message=report.message, event="bounce")
        member = next((member for member in self._listed(bounces) if not is_hard(member)), None)
        if member is None:
            return False
        self.ledger.erase(bounces, member, counter_falls=True)
        self.ledger.join_by_name(report, place_of(bounces, member), at)
        return True

    def resubscription(self, campaign: Campaign, key: int, *, at: int) -> None:
        """Let a contact who had unsubscribed from a campaign subscribe again, which erases the unsubscription."""
        if self.quirks.resubscribing == "never":
            return
        message = campaign.messages[key % len(campaign.messages)]
        left = Report(campaign=campaign, message=message, event="unsubscribe")
        member = next(self._listed(left), None)
        if member is not None:
            self.ledger.erase(left, member, counter_falls=self.quirks.resubscribing == "counters_fall")
            self.contacts.subscribe(self.contacts[self.ledger.numbers(left)(member)], at)

    def _vanishing(self) -> tuple[EventType, ...]:
        named = self.quirks.rows_vanish_on_deletion
        return named or (EVENT_TYPES if self.quirks.deletions_while_reading else ())

    def _listed(self, report: Report) -> Iterator[int]:
        """Return the members who have a row and have not been deleted."""
        changes, number = self.ledger.changes(report), self.ledger.numbers(report)
        members = range(changes.members())
        return (n for n in members if changes.holds(n) and not self.contacts.is_deleted(number(n)))
