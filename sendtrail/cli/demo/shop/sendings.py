"""What was sent when and to whom, and what its recipients did with it."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from random import Random

from sendtrail.cli.demo.shop.newsletters import AUTOMATIONS, NEWSLETTERS, SENT_ON, SITE, Mailing
from sendtrail.cli.demo.shop.people import Person, Reader
from sendtrail.domain.activity import Activity, EventType

MONTHS = 15
OPENS, CLICKS, BOUNCES, UNSUBSCRIBES, FORWARDS = 0.34, 0.22, 0.003, 0.0015, 0.0015


@dataclass(kw_only=True, slots=True)
class Sending:
    """A mailing that was sent to some contacts from `at` on, and the activities that followed."""

    campaign_id: int
    mailing: Mailing
    automation_id: str
    at: datetime
    last_at: datetime
    recipients: list[tuple[Person, datetime]]
    activities: list[Activity] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True, slots=True)
class Receipt:
    """An e-mail in somebody's mailbox."""

    sending: Sending
    person: Person
    at: datetime
    message_id: str

    def does(self, event: EventType, at: datetime, *, page: int | None = None, times: int = 1) -> Activity:
        """Return what the contact, or its mail program, does with it."""
        link = "" if page is None else str(page)
        pages = self.sending.mailing.pages
        return Activity(
            campaign_id=self.sending.campaign_id,
            message_id=self.message_id,
            contact_id=str(self.person.contact_id),
            contact_email=self.person.email,
            event_type=event,
            activity_timestamp=at.replace(microsecond=0),
            source_timestamp=at.isoformat(timespec="seconds"),
            times=times,
            link_id=f"{self.sending.campaign_id}{link}" if link else "",
            link_url=f"{SITE}/{pages[page]}" if page is not None else "",
            detail={"type": "hard"} if event is EventType.BOUNCE else None,
            discriminator=str(self.person.contact_id) if event is EventType.BOUNCE else "",
        )


def sendings(people: Sequence[Person], chance: Random, *, now: datetime) -> list[Sending]:
    """Return everything that was sent in the last months, the oldest first, with what followed until now."""
    found = [*_newsletters(people, now=now), *_automations(people, now=now)]
    for number, sending in enumerate(sorted(found, key=lambda each: each.at)):
        sending.campaign_id = 11 + 4 * number
        sending.activities = [each for each in _activities(sending, chance) if each.activity_timestamp <= now]
    return sorted(found, key=lambda each: each.at)


def _newsletters(people: Sequence[Person], *, now: datetime) -> Iterator[Sending]:
    for back in range(MONTHS, -1, -1):
        year, month = divmod(now.year * 12 + now.month - 1 - back, 12)
        for mailing, day in zip(NEWSLETTERS[month + 1], SENT_ON, strict=False):
            at = datetime(year, month + 1, day, 8, 0, tzinfo=UTC)
            to = [(each, at) for each in people if each.joined_at < at and (not mailing.to or mailing.to in each.lists)]
            if to and at < now - timedelta(hours=12):
                yield Sending(campaign_id=0, mailing=mailing, automation_id="", at=at, last_at=at, recipients=to)


def _automations(people: Sequence[Person], *, now: datetime) -> Iterator[Sending]:
    begins = now - timedelta(days=MONTHS * 30)
    for automation_id, mails in AUTOMATIONS.items():
        for mailing, days in mails:
            due = [(each, each.joined_at + timedelta(days=days)) for each in people]
            to = [(each, at) for each, at in due if begins < at < now]
            yield Sending(campaign_id=0, mailing=mailing, automation_id=automation_id, at=begins,
                          last_at=max(at for _, at in to), recipients=to)  # fmt: skip


def _activities(sending: Sending, chance: Random) -> Iterator[Activity]:
    for number, (person, at) in enumerate(sending.recipients):
        message = f"{sending.campaign_id}{number % sending.mailing.messages}"
        receipt = Receipt(sending=sending, person=person, at=at, message_id=message)
        if chance.random() < BOUNCES:
            yield receipt.does(EventType.BOUNCE, at + timedelta(minutes=2))
            continue
        reading = _reading(receipt, chance, is_better=number % sending.mailing.messages == 1)
        yield from _counted([*_machines(receipt, chance), *reading])


def _counted(found: Sequence[Activity]) -> Iterator[Activity]:
    """Yield what a contact did with an e-mail with the running totals that an account shows, whoever clicked before."""
    totals: Counter[tuple[EventType, str]] = Counter()
    for each in sorted(found, key=lambda activity: activity.activity_timestamp):
        totals[each.event_type, each.link_id] += each.times
        yield replace(each, times=totals[each.event_type, each.link_id])


def _machines(receipt: Receipt, chance: Random) -> Iterator[Activity]:
    if receipt.person.reader is Reader.GATEWAY:  # it follows every link before anybody sees the e-mail
        at = receipt.at + timedelta(seconds=chance.randint(4, 40))
        yield receipt.does(EventType.OPEN, at)
        for page in range(len(receipt.sending.mailing.pages)):
            yield receipt.does(EventType.CLICK, at + timedelta(seconds=page // 2), page=page)
    elif receipt.person.reader is Reader.APPLE:
        yield receipt.does(EventType.OPEN, receipt.at + timedelta(minutes=chance.uniform(1, 200)))


def _reading(receipt: Receipt, chance: Random, *, is_better: bool) -> Iterator[Activity]:
    person, mailing = receipt.person, receipt.sending.mailing
    interest = person.interest_at(receipt.at)
    if chance.random() >= min(0.9, OPENS * max(interest, 0.25)):
        return
    at = receipt.at + timedelta(hours=chance.lognormvariate(1.2, 1.3))
    if person.reader is Reader.PERSON:
        yield receipt.does(EventType.OPEN, at, times=chance.choice((1, 1, 1, 2, 3)))
    if chance.random() < min(0.8, CLICKS * interest * mailing.appeal * (1.35 if is_better else 1)):
        for turn in range(chance.choice((1, 1, 1, 2))):
            # What comes first in the e-mail is clicked most.
            page = min(int(chance.expovariate(1.1)), len(mailing.pages) - 1)
            later = at + timedelta(seconds=chance.randint(20, 90) + turn * 100)
            yield receipt.does(EventType.CLICK, later, page=page, times=chance.choice((1, 1, 1, 2)))
    if chance.random() < UNSUBSCRIBES / OPENS / max(interest, 0.2):
        yield receipt.does(EventType.UNSUBSCRIBE, at + timedelta(seconds=70))
    if chance.random() < FORWARDS / OPENS:
        yield receipt.does(EventType.FORWARD, at + timedelta(seconds=80))
