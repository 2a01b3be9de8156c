"""A simulated ActiveCampaign account: how it answers, how it changes, and what is true of it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sendtrail.simulator.account_contents import Contents
from sendtrail.simulator.failures import Failure, Injected
from sendtrail.simulator.plan import Plan
from sendtrail.simulator.quirks import Quirks
from sendtrail.simulator.randomness import derive
from sendtrail.simulator.report_lists.expected_rows import Witness
from sendtrail.simulator.report_lists.page_counts import PageCounter, TruthPages
from sendtrail.simulator.report_lists.readable import is_readable, is_refused
from sendtrail.simulator.spells import Spells
from sendtrail.simulator.traffic import Stats, Traffic
from sendtrail.simulator.truth import TruthCampaign, TruthContact, TruthRow, TruthUnreadable
from sendtrail.simulator.world.activity_generator import Movement, Span
from sendtrail.simulator.world.campaigns import Campaign, Report, reports
from sendtrail.simulator.world.new_activity import NewActivity
from sendtrail.simulator.world.reversals import Reversals
from sendtrail.simulator.world.while_reading import WhileReading


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """How the account answers; latency is half on the way in and half on the way out, jitter on both."""

    rate: float = 5.0
    """Requests per second in any sliding window, over both API versions; 0 means without limit."""
    latency_ms: float = 0.0
    jitter_ms: float = 0.0


class Account(Contents):
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
        super().__init__(seed=seed, now=now, plan=plan or Plan(), quirks=quirks or Quirks(), time_zone=time_zone)
        self.network = network or Network()
        self.api_key = api_key
        self.failures = Injected(failures)
        self.traffic = Traffic()
        self.false_ends, self.empty_pages = Spells(self.quirks.false_end), Spells(self.quirks.empty_page)
        self._witness = Witness(ledger=self.ledger, wording=self.wording, plan=self.plan, quirks=self.quirks)
        self._reversals = Reversals(
            ledger=self.ledger, contacts=self.contacts, campaigns=self.campaigns, quirks=self.quirks
        )
        self._movement = Movement(
            ledger=self.ledger, contacts=self.contacts, reversals=self._reversals, tags=self.plan.tags
        )
        self._while_reading = WhileReading(
            plan=self.plan, quirks=self.quirks, movement=self._movement, clock=self._clock, seed=self._seed
        )

    def stats(self) -> Stats:
        """Return the requests seen so far."""
        return self.traffic.stats()

    def fail(self, failure: Failure) -> None:
        """Inject a failure; it counts requests from now on."""
        self.failures.add(failure)

    def pass_day(self) -> None:
        """Let a day pass in which contacts open, click and leave, and change."""
        with self._lock:
            span = self._pass(timedelta(days=1))
            for campaign in self.campaigns:
                self._movement.campaign_activity(campaign, span)
            self._movement.contact_changes(span)

    def pass_told_day(self, new: Iterable[NewActivity], *, hours: float = 24) -> None:
        """Let a day, or so many hours, pass that bring exactly this; raise ValueError for an unknown campaign."""
        told = [(self._campaign_of(item), item) for item in new]
        with self._lock:
            span = self._pass(timedelta(hours=hours))
            for campaign, item in told:
                self._movement.exact_campaign_activity(campaign, item, span)

    def pass_moments(self, seconds: float) -> None:
        """Let some seconds pass in which as much happens as in a day of `pass_day`."""
        with self._lock:
            span = self._pass(timedelta(seconds=seconds))
            for campaign in self.campaigns:
                self._movement.campaign_activity(campaign, span)
            self._movement.contact_changes(span)

    def pass_quiet_day(self) -> None:
        """Let a day pass in which nothing happens."""
        with self._lock:
            self._pass(timedelta(days=1))

    def pass_quiet_hours(self, hours: float) -> None:
        """Let some hours of a day pass in which nothing happens, but that late rows come."""
        if hours < 0:
            raise ValueError("hours must be 0 or more")
        with self._lock:
            self._clock.advance(timedelta(hours=hours))

    def delete_contact(self, contact_id: int) -> None:
        """Delete a contact, and what goes with it; raise ValueError if there is none of that id."""
        with self._lock:
            contact = self.contacts.find(contact_id)
            if contact is None:
                raise ValueError(f"there is no contact {contact_id}")
            self._reversals.deletion(contact)

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
        counter = PageCounter(look=self.view, since=since.timestamp(), page_size=self.quirks.report_page_size)
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
        """Yield each contact that is there and may be seen, by ascending id."""
        if not is_refused("/api/3/contacts", self.quirks):
            for contact in (each for each in self.contacts if not self.is_hidden(each)):
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

    def _campaign_of(self, new: NewActivity) -> Campaign:
        found = self.campaign(new.campaign_id)
        if found is None:
            raise ValueError(f"there is no campaign {new.campaign_id}")
        return found

    def _pass(self, by: timedelta) -> Span:
        start = self._clock.now()
        self.ledger.begin_day(start)
        end = self._clock.advance(by)
        return Span(key=derive(self._seed, "span", start), start=start, end=end, share=self.plan.daily_share)
