"""How a report list is made up: how many rows it began with, and which recipients its members are."""

from functools import lru_cache

from sendtrail.simulator.randomness import Permutation, derive
from sendtrail.simulator.report_lists.initial_rows import FirstRows
from sendtrail.simulator.world.campaigns import Campaign, Message, Report

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
    member = report.message.recipients - 1 - place if report.event == "bounce" else place
    if member >= capacity(report):
        return None
    return member if report.event in ("open", "bounce") else _permutation(capacity(report), report.key).index(member)


def recipients(campaign: Campaign, mailable: int) -> Permutation:
    """Return the order in which the contacts with an e-mail address are a campaign's recipients."""
    return _permutation(mailable, derive(campaign.key, "recipients"))


def _bounce_room(message: Message) -> int:
    return 2 * message.bounces + 20


@lru_cache(maxsize=1024)
def _permutation(size: int, key: int) -> Permutation:
    return Permutation(size, key=key)
