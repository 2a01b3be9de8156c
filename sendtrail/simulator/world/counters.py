"""The counters of a campaign, as the campaigns list tells them."""

from collections import Counter

from sendtrail.simulator.report_lists.initial_rows import total_times
from sendtrail.simulator.world.campaigns import Campaign, Link


def hard(member: int) -> bool:
    """Say whether a member of a bounce list bounced for good."""
    return member % 3 != 2


def counters(campaign: Campaign, gained: Counter[str]) -> dict[str, int]:
    """Return every counter of a campaign by its name in the API."""
    sent = campaign.send_amt + gained["sent"]
    return {"send_amt": sent, "total_amt": sent} | _responses(campaign, gained) | _losses(campaign, gained)


def link_totals(link: Link, gained: Counter[str]) -> tuple[int, int]:
    """Return how often a link was clicked and by how many contacts."""
    return total_times(link.clickers) + gained[f"click {link.id}"], link.clickers + gained[f"new click {link.id}"]


def _responses(campaign: Campaign, gained: Counter[str]) -> dict[str, int]:
    messages = campaign.messages
    opens, openers = _both([m.openers for m in messages], gained, "open")
    clicks, clickers = _both([link.clickers for m in messages for link in m.links], gained, "click")
    forwards, forwarders = _both([m.forwards for m in messages], gained, "forward")
    return {
        "opens": opens,
        "uniqueopens": openers,
        "verified_opens": opens - opens // 4,  # the rest is Apple prefetching
        "verified_unique_opens": openers - openers // 4,
        "linkclicks": clicks,
        "uniquelinkclicks": clickers,
        "subscriberclicks": clickers - clickers // 5,  # some click several links
        "forwards": forwards,
        "uniqueforwards": forwarders,
        "replies": openers // 200,
    }


def _losses(campaign: Campaign, gained: Counter[str]) -> dict[str, int]:
    bounced = [message.bounces + gained[f"new bounce {message.id}"] for message in campaign.messages]
    soft = sum(count // 3 for count in bounced)
    left = sum(message.unsubscribes for message in campaign.messages) + gained["new unsubscribe"]
    return {"hardbounces": sum(bounced) - soft, "softbounces": soft, "unsubscribes": left}


def _both(sizes: list[int], gained: Counter[str], event: str) -> tuple[int, int]:
    return sum(map(total_times, sizes)) + gained[event], sum(sizes) + gained[f"new {event}"]
