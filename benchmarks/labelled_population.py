"""Contacts and machines whose every open and click is labelled: what the machine rules are measured on.

It describes how mail is read and scanned, and knows nothing of the rules. Times have whole seconds, and an observation
is what an hourly sync sees: of several clicks on a link within an hour, the last one.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

FIRST_SEND = datetime(2025, 1, 7, 9, tzinfo=UTC)
HOUR_S, DAY_S = 3600, 86_400
# How long it takes until all e-mails of a broadcast are delivered: that differs from one to the next.
DELIVERY_S = (2 * 60, 50 * 60)
# The share of contacts that did not get the first campaigns yet.
NEWCOMERS = 0.3
HONEYPOT = "shop.example/unseen/"


@dataclass(frozen=True, kw_only=True, slots=True)
class Mail:
    """A kind of campaign: how many there are, the links of each message, and whether everybody gets it at once.

    The last `honeypots` of the links are seen by no person.
    """

    name: str
    campaigns: int
    links: int
    messages: int = 1
    honeypots: int = 0
    is_automation: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivered:
    """One e-mail to one contact: when it came (seconds after FIRST_SEND), and whether the contact sees images."""

    campaign_id: int
    message_id: str
    at_s: float
    links: Sequence[str]
    visible_links: Sequence[str]
    shows_images: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """An open (no link) or a click, and whether a machine made it."""

    at_s: float
    link: str | None
    is_machine: bool


Behaviour = Callable[[Random, Delivered], list[Event]]

MAILS = (
    Mail(name="8 links", campaigns=10, links=8),
    Mail(name="split test 2x6", campaigns=8, links=6, messages=2),
    Mail(name="3 links", campaigns=6, links=3),
    Mail(name="1 link", campaigns=6, links=1),
    Mail(name="automation", campaigns=3, links=5, is_automation=True),
    Mail(name="5 links and a honeypot", campaigns=6, links=6, honeypots=1),
)


def _clicks(
    chance: Random, at_s: float, links: Sequence[str], pauses: tuple[float, float]
) -> Iterator[tuple[float, str]]:
    for link in links:
        yield at_s, link
        at_s += chance.uniform(*pauses)


def _by_machine(chance: Random, at_s: float, links: Sequence[str], pauses: tuple[float, float]) -> list[Event]:
    clicks = [Event(at_s=at, link=link, is_machine=True) for at, link in _clicks(chance, at_s, links, pauses)]
    loads_images = chance.random() < 0.3
    return [*clicks, Event(at_s=at_s - 1, link=None, is_machine=True)] if loads_images else clicks


def _by_person(
    chance: Random,
    mail: Delivered,
    *,
    most: int,
    pauses: tuple[float, float],
    opens: float = 0.35,
    lag_s: float = 4 * HOUR_S,
) -> list[Event]:
    """Return what a person does: opens some e-mails after a while, clicks in some, opens some again on another day."""
    if chance.random() > opens:
        return []
    at = mail.at_s + min(chance.lognormvariate(0, 1.4) * lag_s, 20 * DAY_S) + 5
    found = [Event(at_s=at, link=None, is_machine=False)] if mail.shows_images else []
    if chance.random() < 0.45:
        picked = chance.sample(mail.visible_links, min(len(mail.visible_links), chance.randint(max(1, most - 1), most)))
        found += [
            Event(at_s=when, link=link, is_machine=False)
            for when, link in _clicks(chance, at + chance.uniform(3, 60), picked, pauses)
        ]
    if mail.shows_images and chance.random() < 0.2:
        found.append(Event(at_s=at + chance.uniform(600, 3 * DAY_S), link=None, is_machine=False))
    return found


def ordinary(chance: Random, mail: Delivered) -> list[Event]:
    """Click a link or two, and read in between."""
    return _by_person(chance, mail, most=2, pauses=(8, 300))


def fast_reader(chance: Random, mail: Delivered) -> list[Event]:
    """Click two to four links within seconds."""
    return _by_person(chance, mail, most=chance.randint(2, 4), pauses=(2, 8))


def tab_opener(chance: Random, mail: Delivered) -> list[Event]:
    """Open three or four links in tabs before reading any."""
    return _by_person(chance, mail, most=4, pauses=(0.7, 2.5))


def thorough_reader(chance: Random, mail: Delivered) -> list[Event]:
    """Read almost everything, one after the other."""
    return _by_person(chance, mail, most=len(mail.visible_links), pauses=(30, 400))


def early_reader(chance: Random, mail: Delivered) -> list[Event]:
    """Read within minutes of the delivery."""
    return _by_person(chance, mail, most=2, pauses=(4, 60), opens=0.6, lag_s=90)


def apple_reader(chance: Random, mail: Delivered) -> list[Event]:
    """Read like others, after Apple has loaded the images of every e-mail."""
    prefetch = Event(at_s=mail.at_s + chance.uniform(0, 8 * HOUR_S), link=None, is_machine=True)
    return [prefetch, *ordinary(chance, mail)]


def fast_scanner(chance: Random, mail: Delivered) -> list[Event]:
    """Follow all links within seconds of the delivery; a person reads behind it."""
    scanned = _by_machine(chance, mail.at_s + chance.uniform(2, 30), mail.links, (0.05, 1))
    return [*(scanned if chance.random() < 0.95 else []), *ordinary(chance, mail)]


def slow_scanner(chance: Random, mail: Delivered) -> list[Event]:
    """Follow all links, one after the other, within some minutes of the delivery."""
    scanned = _by_machine(chance, mail.at_s + chance.uniform(30, 600), mail.links, (4, 60))
    return [*(scanned if chance.random() < 0.95 else []), *ordinary(chance, mail)]


def sampling_scanner(chance: Random, mail: Delivered) -> list[Event]:
    """Follow some of the links at once."""
    picked = chance.sample(mail.links, min(len(mail.links), chance.randint(2, 4)))
    scanned = _by_machine(chance, mail.at_s + chance.uniform(2, 60), picked, (0.05, 1))
    return [*(scanned if chance.random() < 0.9 else []), *ordinary(chance, mail)]


def image_gateway(chance: Random, mail: Delivered) -> list[Event]:
    """Load the images of every e-mail at its delivery."""
    return [Event(at_s=mail.at_s + chance.uniform(0, 20), link=None, is_machine=True), *ordinary(chance, mail)]


ACTORS: Mapping[Behaviour, int] = {
    ordinary: 500,
    fast_reader: 80,
    tab_opener: 60,
    thorough_reader: 30,
    early_reader: 60,
    apple_reader: 150,
    fast_scanner: 50,
    slow_scanner: 35,
    sampling_scanner: 35,
    image_gateway: 40,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Population:
    """Rows of `campaigns` and `email_activities`; an activity's label is its mail, actor and `is_machine`."""

    campaigns: Sequence[Mapping[str, Any]]
    activities: Sequence[Mapping[str, Any]]


def population(seed: int) -> Population:
    """Return the population of a seed, always the same."""
    chance = Random(seed)  # always the same, and no secret
    campaigns: list[Mapping[str, Any]] = []
    activities: list[Mapping[str, Any]] = []
    actors = [each for each, count in ACTORS.items() for _ in range(count)]
    shows_images = [chance.random() < 0.75 for _ in actors]
    mails = [mail for mail in MAILS for _ in range(mail.campaigns)]
    chance.shuffle(mails)
    joined = [chance.randint(1, len(mails)) if chance.random() < NEWCOMERS else 1 for _ in actors]
    for campaign_id, mail in enumerate(mails, start=1):
        sent_s = campaign_id * 2.5 * DAY_S
        campaigns.append(_campaign(mail, campaign_id, sent_s))
        delivery_s = chance.uniform(*DELIVERY_S)
        for contact, behaviour in enumerate(actors):
            if campaign_id < joined[contact]:
                continue
            delivered = _delivered(
                chance, mail, campaign_id, sent_s, delivery_s=delivery_s, shows_images=shows_images[contact]
            )
            label = {"mail": mail.name, "actor": behaviour.__name__}
            events = behaviour(chance, delivered)
            activities += [{**row, **_contact(contact, behaviour), **label} for row in _observations(events, delivered)]
    return Population(campaigns=campaigns, activities=activities)


def _campaign(mail: Mail, campaign_id: int, sent_s: float) -> dict[str, Any]:
    return {
        "campaign_id": campaign_id,
        "campaign_name": mail.name,
        "campaign_type": "split" if mail.messages > 1 else "single",
        "automation_id": "9" if mail.is_automation else None,
        "sent_at": _moment(sent_s),
        "send_amt": sum(ACTORS.values()),
    }


def _delivered(
    chance: Random, mail: Mail, campaign_id: int, sent_s: float, *, delivery_s: float, shows_images: bool
) -> Delivered:
    message = chance.randrange(mail.messages)
    links = [str(campaign_id * 100 + message * mail.links + number) for number in range(mail.links)]
    spread_s = 20 * DAY_S if mail.is_automation else delivery_s
    return Delivered(
        campaign_id=campaign_id,
        message_id=str(campaign_id * 10 + message),
        at_s=sent_s + chance.uniform(0, spread_s),
        links=links,
        visible_links=links[: mail.links - mail.honeypots],
        shows_images=shows_images,
    )


def _contact(number: int, behaviour: Behaviour) -> dict[str, Any]:
    """Return who it is: machines watch the mail of a firm, people have their addresses everywhere."""
    is_watched = behaviour.__name__.endswith(("scanner", "gateway"))
    domain = f"{behaviour.__name__}-{number % 5}.example" if is_watched else f"mail{number % 3}.example"
    return {"contact_id": str(number + 1), "contact_email": f"c{number + 1}@{domain}"}


def _observations(events: Sequence[Event], mail: Delivered) -> Iterator[dict[str, Any]]:
    """Yield what an hourly sync sees of the events of one e-mail; a click without an open before it counts as one."""
    by_touch: defaultdict[str | None, list[Event]] = defaultdict(list)
    ordered = sorted(events, key=lambda event: event.at_s)
    for event in ordered:
        if event.link is not None and not by_touch[None]:
            by_touch[None].append(Event(at_s=event.at_s, link=None, is_machine=event.is_machine))
        by_touch[event.link].append(event)
    for link, touched in by_touch.items():
        for number, event in enumerate(touched, start=1):
            synced_s = (event.at_s // HOUR_S + 1) * HOUR_S
            if number < len(touched) and touched[number].at_s < synced_s:
                continue
            yield {
                "event_type": "open" if link is None else "click",
                "campaign_id": mail.campaign_id,
                "message_id": mail.message_id,
                "link_id": link,
                "link_url": link and _address(link, mail),
                "activity_timestamp": _moment(event.at_s),
                "times": number,
                "created_at": _moment(synced_s),
                "is_machine": event.is_machine,
            }


def _address(link: str, mail: Delivered) -> str:
    return f"https://shop.example/{link}" if link in mail.visible_links else f"https://{HONEYPOT}{link}"


def _moment(seconds: float) -> datetime:
    return FIRST_SEND + timedelta(seconds=int(seconds))
