"""What is in a simulated account, as the API may ask for it."""

from bisect import bisect_left
from collections.abc import Sequence
from datetime import datetime
from threading import RLock
from zoneinfo import ZoneInfo

from sendtrail.simulator.account_clock import DAY_S, HOUR_S, Clock
from sendtrail.simulator.garbled_text import garbling
from sendtrail.simulator.plan import Plan
from sendtrail.simulator.quirks import EventType, Quirks
from sendtrail.simulator.randomness import derive
from sendtrail.simulator.report_lists.last_activity import last_activity
from sendtrail.simulator.report_lists.ledger import Ledger
from sendtrail.simulator.report_lists.row_details import Wording
from sendtrail.simulator.report_lists.timestamps import utc
from sendtrail.simulator.report_lists.view import View
from sendtrail.simulator.world.campaign_factory import Book
from sendtrail.simulator.world.campaigns import Campaign, Link, Message, Report
from sendtrail.simulator.world.contacts import Contacts
from sendtrail.simulator.world.counters import counters, link_totals, message_counters
from sendtrail.simulator.world.labels import list_names, tag_names
from sendtrail.simulator.world.people import Contact, People

_OLDER_CONTACTS_S = 365 * DAY_S


class Contents:
    """Campaigns, contacts and report lists, which a seed, a plan and an instant determine.

    Methods may be called from any thread.
    """

    def __init__(self, *, seed: int, now: datetime | None, plan: Plan, quirks: Quirks, time_zone: str) -> None:
        self.plan = plan
        self.quirks = quirks
        self.time_zone = time_zone
        self.wording = Wording(zone=ZoneInfo(time_zone), quirks=quirks)
        self.tags = tag_names(plan.tags)
        self.lists = list_names(plan.lists)
        self._lock = RLock()
        self._clock = Clock(now)
        self._hides_from = self._clock.now() + int(quirks.hidden_from_h * HOUR_S)
        self._seed = derive(0, seed)
        people = self._people(self._clock.now())
        book = Book(seed=self._seed, plan=plan, now=self._clock.now(), mailable=people.mailable, quirks=quirks)
        self.campaigns = book.campaigns()
        self._by_id = {campaign.id: campaign for campaign in self.campaigns}
        self.contacts = Contacts(people)
        self.ledger = Ledger(people, quirks, clock=self._clock)

    def _people(self, now: int) -> People:
        return People(
            seed=self._seed,
            count=self.plan.contact_count(),
            since=now - int(self.plan.days * DAY_S) - _OLDER_CONTACTS_S,
            now=now,
            choices=(self.plan.tags, self.plan.lists),
            garble=garbling(self.quirks),
        )

    @property
    def now(self) -> datetime:
        """Return the account's time."""
        return utc(self._clock.now())

    def campaign(self, campaign_id: int) -> Campaign | None:
        """Return a campaign by id."""
        return self._by_id.get(campaign_id)

    def view(self, report: Report) -> View:
        """Return a report list as it stands."""
        with self._lock:
            self.ledger.catch_up(self._clock.now())
            return self.ledger.view(report)

    def counters(self, campaign: Campaign) -> dict[str, int]:
        """Return the counters of a campaign by their names in the API."""
        with self._lock:
            return counters(campaign, self.ledger.gains[campaign.id], self.quirks)

    def message_counters(self, campaign: Campaign, message: Message) -> dict[str, int]:
        """Return the counters of a message by their names in the API."""
        with self._lock:
            return message_counters(campaign, message, self.ledger.gains[campaign.id], self.quirks)

    def link_totals(self, campaign: Campaign, link: Link) -> tuple[int, int]:
        """Return how often a link was clicked and by how many contacts."""
        with self._lock:
            return link_totals(link, self.ledger.gains[campaign.id])

    def contact_ranks(self, *, id_greater: int, updated_after: datetime | None) -> Sequence[int]:
        """Return the ranks, by id, of the contacts with a greater id that were updated at an instant or later."""
        with self._lock:
            first = 0 if self.quirks.id_greater_ignored else self.contacts.rank_after(id_greater)
            if updated_after is None or self.quirks.updated_after_ignored:
                ranks: Sequence[int] = range(first, len(self.contacts))
            else:
                updated = self.contacts.updated(int(updated_after.timestamp()))
                ranks = updated[bisect_left(updated, first) :]
            return self._visible(ranks)

    def is_hidden(self, contact: Contact) -> bool:
        """Return whether the user of the key may not see a contact."""
        hidden = self.quirks.hidden_list
        is_due = bool(hidden) and self._clock.now() >= self._hides_from
        return is_due and [list_id for list_id, _ in contact.lists] == [hidden]

    def _visible(self, ranks: Sequence[int]) -> Sequence[int]:
        if not self.quirks.hidden_list:
            return ranks
        found = self.contacts.ranked(ranks)
        return [rank for rank, contact in zip(ranks, found, strict=True) if not self.is_hidden(contact)]

    def contacts_at(self, ranks: Sequence[int]) -> list[Contact]:
        """Return the contacts at some ranks."""
        with self._lock:
            return self.contacts.ranked(ranks)

    def last_activity(self, contact: Contact) -> dict[EventType, int]:
        """Return when a contact last did what (epoch seconds), if contacts say so."""
        if not self.quirks.contact_activity_dates:
            return {}
        with self._lock:
            self.ledger.catch_up(self._clock.now())
            return last_activity(contact.number, self.campaigns, self.ledger)
