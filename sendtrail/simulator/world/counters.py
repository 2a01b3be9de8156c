"""The counters of a campaign and of its messages."""

from collections import Counter

from sendtrail.simulator.quirks import EventType, Quirks
from sendtrail.simulator.report_lists.bad_rows import bad_row_counts
from sendtrail.simulator.report_lists.initial_rows import total_times
from sendtrail.simulator.world.campaigns import Campaign, Link, Message

Gained = Counter[str]
COUNTED: dict[str, EventType] = {
    "opens": "open",
    "uniqueopens": "open",
    "linkclicks": "click",
    "uniquelinkclicks": "click",
    "forwards": "forward",
    "uniqueforwards": "forward",
    "hardbounces": "bounce",
    "softbounces": "bounce",
    "unsubscribes": "unsubscribe",
}
"""The counters that count by themselves, and what."""


def counters(campaign: Campaign, gained: Gained, quirks: Quirks) -> dict[str, int]:
    """Return every counter of a campaign by its name in the API."""
    first, *others = (_counted(campaign, message, gained, quirks) for message in campaign.messages)
    counted = {name: value + sum(other[name] for other in others) for name, value in first.items()}
    sent = campaign.send_amt + gained["sent"]
    return {"send_amt": sent, "total_amt": sent} | _all(counted)


def message_counters(campaign: Campaign, message: Message, gained: Gained, quirks: Quirks) -> dict[str, int]:
    """Return the counters of one message of a campaign by their names in the API."""
    sent = message.recipients + (0 if message.number else gained["sent"])
    return {"send_amt": sent, "total_amt": sent} | _all(_counted(campaign, message, gained, quirks))


def link_totals(link: Link, gained: Gained) -> tuple[int, int]:
    """Return how often a link was clicked and by how many contacts."""
    return total_times(link.clickers) + gained[f"click {link.id}"], link.clickers + gained[f"new click {link.id}"]


def _counted(campaign: Campaign, message: Message, gained: Gained, quirks: Quirks) -> dict[str, int]:
    """Return what is counted as it happens; the other counters follow from it."""
    own, bad = message.id, bad_row_counts(campaign, message, quirks)
    links = [link_totals(link, gained) for link in message.links]
    bounced = message.bounces + gained[f"new bounce {own}"]
    soft = bounced // 3
    counted = {
        "opens": total_times(message.openers) + gained[f"open {own}"] + bad["open"],
        "uniqueopens": message.openers + gained[f"new open {own}"] + bad["open"],
        "linkclicks": sum(total for total, _ in links) + bad["click"],
        "uniquelinkclicks": sum(unique for _, unique in links) + bad["click"],
        "forwards": total_times(message.forwards) + gained[f"forward {own}"] + bad["forward"],
        "uniqueforwards": message.forwards + gained[f"new forward {own}"] + bad["forward"],
        "hardbounces": bounced - soft - gained[f"lost hard {own}"] + bad["bounce"],
        "softbounces": soft - gained[f"lost soft {own}"],
        "unsubscribes": message.unsubscribes + gained[f"new unsubscribe {own}"] + bad["unsubscribe"],
    }
    return {name: _shown(name, count, quirks) for name, count in counted.items()}


def _shown(name: str, count: int, quirks: Quirks) -> int:
    """Return what a counter says of so many events."""
    event = COUNTED[name]
    if event in quirks.zero_counters:
        return 0
    return count - count // 3 if event in quirks.counters_leave_out else count


def _all(counted: dict[str, int]) -> dict[str, int]:
    opens, openers, clickers = counted["opens"], counted["uniqueopens"], counted["uniquelinkclicks"]
    return {
        "opens": opens,
        "uniqueopens": openers,
        "verified_opens": opens - opens // 4,  # the rest is Apple prefetching
        "verified_unique_opens": openers - openers // 4,
        "linkclicks": counted["linkclicks"],
        "uniquelinkclicks": clickers,
        "subscriberclicks": clickers - clickers // 5,  # some click several links
        "forwards": counted["forwards"],
        "uniqueforwards": counted["uniqueforwards"],
        "replies": openers // 200,
        "hardbounces": counted["hardbounces"],
        "softbounces": counted["softbounces"],
        "unsubscribes": counted["unsubscribes"],
    }
