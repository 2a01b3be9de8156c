"""A simulated ActiveCampaign account: what is in it, how it moves, and what is true of it."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import RLock
from zoneinfo import ZoneInfo

from sendtrail.simulator.account_clock import DAY_S, Clock
from sendtrail.simulator.failures import Failure, Injected
from sendtrail.simulator.garbled_text import garbling
from sendtrail.simulator.plan import Plan
from sendtrail.simulator.quirks import EventType, Quirks
from sendtrail.simulator.randomness import derive
from sendtrail.simulator.report_lists.expected_rows import Witness
from sendtrail.simulator.report_lists.last_activity import last_activity
from sendtrail.simulator.report_lists.ledger import Ledger
from sendtrail.simulator.report_lists.page_counts import PageCounter, TruthPages
from sendtrail.simulator.report_lists.readable import is_readable, is_refused
from sendtrail.simulator.report_lists.row_details import Wording
from sendtrail.simulator.report_lists.timestamps import utc
from sendtrail.simulator.report_lists.view import View
from sendtrail.simulator.spells import Spells
from sendtrail.simulator.traffic import Stats, Traffic
from sendtrail.simulator.truth import TruthCampaign, TruthContact, TruthRow, TruthUnreadable
from sendtrail.simulator.world.activity_generator import Movement, Span
from sendtrail.simulator.world.campaign_factory import Book
from sendtrail.simulator.world.campaigns import Campaign, Link, Message, Report, reports
from sendtrail.simulator.world.contacts import Contacts
from sendtrail.simulator.world.counters import counters, link_totals, message_counters
from sendtrail.simulator.world.labels import list_names, tag_names
from sendtrail.simulator.world.new_activity import News
from sendtrail.simulator.world.people import Contact, People
from sendtrail.simulator.world.reversals import Reversals
from sendtrail.simulator.world.while_reading import WhileReading

_OLDER_CONTACTS_S = 365 * DAY_S


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """How the account answers; latency is half on the way in and half on the way out, jitter on both."""

    rate: float = 5.0
    """Requests per second in any sliding window, over both API versions; 0 means without limit."""
    latency_ms: float = 0.0
    jitter_ms: float = 0.0


class Account:
    """An account that a seed, a plan and an instant determine.

    It changes when told to, and while being read if so planned. `now` is an aware datetime; without it the account's
    clock ticks on from the real time. Methods may be called from any thread while the account is being served.
    """

    def __init__(
        self,
        *,
        seed: int = 1,
        now: datetime | None = None,
        plan: Plan | None = None,
        quirks: Quirks | None = None,
        network: Network | None = None,
        failures: Iterable[Failure] = (),
        api_key: str = "simulated-key",
        time_zone: str = "America/Chicago",
    ) -> None:
        self.plan = plan or Plan()
        self.quirks = quirks or Quirks()
        self.network = network or Network()
        self.api_key = api_key
        self.time_zone = time_zone
        self.failures = Injected(failures)
        self.traffic = Traffic()
        self.false_ends, self.empty_pages = Spells(self.quirks.false_end), Spells(self.quirks.empty_page)
        self.wording = Wording(zone=ZoneInfo(time_zone), quirks=self.quirks)
        self.tags = tag_names(self.plan.tags)
        self.lists = list_names(self.plan.lists)
        self._lock = RLock()
        self._clock = Clock(now)
        self._seed = derive(0, seed)
        self._fill()

    def _fill(self) -> None:
        now, quirks = self._clock.now(), self.quirks
        since = now - int(self.plan.days * DAY_S) - _OLDER_CONTACTS_S
        choices = (self.plan.tags, self.plan.lists)
        people = People(
            seed=self._seed,
            count=self.plan.contact_count(),
            since=since,
            now=now,
            choices=choices,
            garble=garbling(quirks),
        )
        book = Book(seed=self._seed, plan=self.plan, now=now, mailable=people.mailable, quirks=quirks)
        self.campaigns = book.campaigns()
        self._by_id = {campaign.id: campaign for campaign in self.campaigns}
        self.contacts = Contacts(people)
        self.ledger = Ledger(people, quirks)
        self._witness = Witness(ledger=self.ledger, wording=self.wording, plan=self.plan, quirks=quirks)
        reversals = Reversals(ledger=self.ledger, contacts=self.contacts, campaigns=self.campaigns, quirks=quirks)
        self._movement = Movement(ledger=self.ledger, contacts=self.contacts, reversals=reversals, tags=self.plan.tags)
        self._while_reading = WhileReading(
            plan=self.plan, quirks=quirks, movement=self._movement, clock=self._clock, seed=self._seed
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
                return range(first, len(self.contacts))
            ranks = self.contacts.updated(int(updated_after.timestamp()))
            return ranks[bisect_left(ranks, first) :]

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

    def stats(self) -> Stats:
        """Return the requests seen so far."""
        return self.traffic.stats()

    def fail(self, failure: Failure) -> None:
        """Inject a failure; it counts requests from now on."""
        self.failures.add(failure)

    def pass_day(self) -> None:
        """Let a day pass in which campaigns get news and contacts change."""
        with self._lock:
            span = self._pass(timedelta(days=1))
            for campaign in self.campaigns:
                self._movement.campaign_news(campaign, span)
            self._movement.contact_news(span)

    def pass_told_day(self, news: Iterable[News]) -> None:
        """Let a day pass that brings exactly this; raise ValueError for news of a campaign that does not exist."""
        told = [(self._campaign_of(item), item) for item in news]
        with self._lock:
            span = self._pass(timedelta(days=1))
            for campaign, item in told:
                self._movement.told_news(campaign, item, span)

    def pass_quiet_day(self) -> None:
        """Let a day pass in which nothing happens."""
        with self._lock:
            self._pass(timedelta(days=1))

    def pass_quiet_hours(self, hours: float) -> None:
        """Let some hours of a day pass in which nothing happens, but that late rows come."""
        with self._lock:
            self._clock.advance(timedelta(hours=hours))

    def after_report(self, lists: Sequence[Report], shown: Sequence[int]) -> None:
        """Move lists that a request has just read, of some contacts (by number), where plan or quirks say so."""
        with self._lock:
            self._while_reading.after(lists, shown)

    def settle(self) -> None:
        """Let nothing change any more while the account is being read, and the lists catch up with the counters."""
        with self._lock:
            self._while_reading.settled = True
            self.ledger.catch_up_at_once(self._clock.now())

    def truth(self, since: datetime | None = None, campaign_id: int | None = None) -> Iterator[TruthRow]:
        """Yield each row that the report lists hold as the loop comes to them, newest first within a list.

        It is what a perfect reader holds, but for what it may keep from before: `history`.
        """
        for report in self._reports(campaign_id):
            yield from self._witness.rows(report, self.view(report), since)

    def history(self, since: datetime | None = None, campaign_id: int | None = None) -> Iterator[TruthRow]:
        """Yield every state that each row has ever had, once each, newest first within a list.

        Rows that have vanished are among them: whoever has seen them may keep them.
        """
        for report in self._reports(campaign_id):
            with self._lock:
                self.ledger.catch_up(self._clock.now())
                states = self.ledger.changes(report).states()
            yield from self._witness.rows(report, states, since)

    def pages(self, since: datetime) -> Iterator[TruthPages]:
        """Yield how many pages each report has and how many hold something that happened since."""
        counter = PageCounter(look=self.view, since=since.timestamp())
        for campaign in self.campaigns:
            for message in campaign.messages:
                yield from counter.report_pages(campaign, message)

    def unreadable(self, campaign_id: int | None = None) -> Iterator[TruthUnreadable]:
        """Yield each row and link that the quirk `bad_rows` puts into a report."""
        for campaign in self.campaigns:
            if campaign_id in (None, campaign.id):
                for message in campaign.messages:
                    yield from self._witness.unreadable(campaign, message)

    def contacts_truth(self) -> Iterator[TruthContact]:
        """Yield each contact that is there, by ascending id."""
        if not is_refused("/api/3/contacts", self.quirks):
            for contact in self.contacts:
                yield self._witness.contact(contact, self.last_activity(contact))

    def campaigns_truth(self) -> Iterator[TruthCampaign]:
        """Yield each campaign, oldest first."""
        for campaign in self.campaigns:
            yield self._witness.campaign(campaign, self.counters(campaign))

    def _reports(self, campaign_id: int | None) -> Iterator[Report]:
        for campaign in self.campaigns:
            if campaign_id in (None, campaign.id):
                for message in campaign.messages:
                    yield from (report for report in reports(campaign, message) if is_readable(report, self.quirks))

    def _campaign_of(self, news: News) -> Campaign:
        found = self.campaign(news.campaign_id)
        if found is None:
            raise ValueError(f"there is no campaign {news.campaign_id}")
        return found

    def _pass(self, by: timedelta) -> Span:
        start = self._clock.now()
        self.ledger.begin_day(start)
        end = self._clock.advance(by)
        return Span(key=derive(self._seed, "span", start), start=start, end=end, share=self.plan.daily_share)
