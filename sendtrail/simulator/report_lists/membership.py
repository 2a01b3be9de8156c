"""How a report list is made up: how many rows it began with, and which recipients its members are."""

from collections.abc import Iterator
from functools import lru_cache

from sendtrail.simulator.randomness import Permutation, derive
from sendtrail.simulator.report_lists.initial_rows import FirstRows
from sendtrail.simulator.world.campaigns import Campaign, Message, Report, reports

_ONCE_ONLY = ("bounce", "unsubscribe")


def first_rows(report: Report) -> FirstRows:
    """Return the rows that a list began with."""
    campaign = report.campaign
    return FirstRows(
        key=report.key,
        size=first_size(report),
        start=campaign.sent_at,
        end=campaign.quiet_after,
        repeats=report.event not in _ONCE_ONLY,
    )


def first_size(report: Report) -> int:
    """Return how many rows a list began with."""
    message = report.message
    match report.event:
        case "open":
            return message.openers
        case "click":
            return report.link.clickers if report.link else 0
        case "bounce":
            return message.bounces
        case "unsubscribe":
            return message.unsubscribes
        case "forward":
            return message.forwards


def is_hard(member: int) -> bool:
    """Say whether a member of a bounce list bounced for good."""
    return member % 3 != 2


def capacity(report: Report) -> int:
    """Return how many members a list can ever have."""
    room = _bounce_room(report.message)
    return room if report.event == "bounce" else report.message.recipients - room


def place_of(report: Report, member: int) -> int:
    """Return which recipient of the message a member is."""
    match report.event:
        case "open":
            return member
        case "bounce":  # from the other end, so that nobody whose mail bounced opens it
            return report.message.recipients - 1 - member
        case _:
            return _permutation(capacity(report), report.key)[member]


def member_at(report: Report, place: int) -> int | None:
    """Return which member a recipient is or would be: the inverse of `place_of`."""
    match report.event:
        case "open":
            return place
        case "bounce":
            member = report.message.recipients - 1 - place
            return member if member < capacity(report) else None
        case _:
            return _permutation(capacity(report), report.key).index(place) if place < capacity(report) else None


def memberships(campaign: Campaign, rank: int, mailable: int) -> Iterator[tuple[Report, int]]:
    """Yield the lists that a contact (by its rank among the mailable) is on or may come on, and as which member."""
    recipient = recipients(campaign, mailable).index(rank)
    for message in campaign.messages:
        place = recipient - message.first_recipient
        for report in reports(campaign, message) if 0 <= place < message.recipients else ():
            member = member_at(report, place)
            if member is not None:
                yield report, member


def recipients(campaign: Campaign, mailable: int) -> Permutation:
    """Return the order in which the contacts with an e-mail address are a campaign's recipients."""
    return _permutation(mailable, derive(campaign.key, "recipients"))


def _bounce_room(message: Message) -> int:
    return 2 * message.bounces + 20


@lru_cache(maxsize=1024)
def _permutation(size: int, key: int) -> Permutation:
    return Permutation(size, key=key)
