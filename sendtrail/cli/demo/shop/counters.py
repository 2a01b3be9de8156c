"""What the shop's account counts of each campaign, and where it does not agree with its own lists."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sendtrail.cli.demo.shop.people import DELETED, Person, Reader
from sendtrail.cli.demo.shop.sendings import Sending
from sendtrail.domain.activity import Activity, EventType

Counters = dict[str, int]
Changes = Mapping[str, int | None]


def counters(sending: Sending, people: Mapping[str, Person]) -> Counters:
    """Return a campaign's counters as they follow from its activities."""
    of = {event: [each for each in sending.activities if each.event_type is event] for event in EventType}
    opens, clicks = of[EventType.OPEN], of[EventType.CLICK]
    openers = {(each.message_id, each.contact_id) for each in opens}
    by_apple = {key for key in openers if people[key[1]].reader is Reader.APPLE}
    return {
        "send_amt": len(sending.recipients),
        "total_amt": len(sending.recipients),
        "opens": _times(opens),
        "uniqueopens": len(openers),
        "verified_opens": _times([each for each in opens if people[each.contact_id].reader is not Reader.APPLE]),
        "verified_unique_opens": len(openers) - len(by_apple),
        "linkclicks": _times(clicks),
        "uniquelinkclicks": len({(each.message_id, each.contact_id, each.link_id) for each in clicks}),
        "subscriberclicks": len({each.contact_id for each in clicks}),
        "hardbounces": len(of[EventType.BOUNCE]),
        "softbounces": 0,
        "unsubscribes": len({each.contact_id for each in of[EventType.UNSUBSCRIBE]}),
        "uniqueforwards": len({each.contact_id for each in of[EventType.FORWARD]}),
        "forwards": len(of[EventType.FORWARD]),
    }


def _times(rows: Sequence[Activity]) -> int:
    most: dict[tuple[str, str, str], int] = {}
    for each in rows:
        key = (each.message_id, each.contact_id, each.link_id)
        most[key] = max(most.get(key, 0), each.times)
    return sum(most.values())


@dataclass(frozen=True, kw_only=True, slots=True)
class Gap:
    """A way in which counters and lists disagree, as `completeness` names it, and how the counters change for it."""

    cause: str
    change: Callable[[Counters], Changes]

    def applied(self, found: Counters) -> Counters:
        """Return the counters with the gap; None is for a counter that the account does not have."""
        changed = {**found, **self.change(found)}
        return {name: value for name, value in changed.items() if value is not None}


def _more(name: str, by: int) -> Callable[[Counters], Changes]:
    return lambda found: {name: found[name] + by}


def _without_machines(found: Counters) -> Changes:
    return {"linkclicks": found["linkclicks"] * 2 // 3, "uniquelinkclicks": found["uniquelinkclicks"] * 2 // 3}


# Of the newest newsletter, whose list follows its counter with a delay.
BEHIND = Gap(cause="list_behind", change=_more("uniqueopens", 6))
# In the order in which campaigns get them, from an older one on.
GAPS = (
    Gap(cause="deleted_contacts", change=_more("unsubscribes", DELETED - 4)),
    Gap(cause="repeats_missing", change=_more("opens", 9)),
    Gap(cause="machine_opens", change=_more("uniqueopens", 40)),
    Gap(cause="machine_clicks", change=_without_machines),
    Gap(cause="counter_behind", change=_more("uniqueopens", -2)),
    Gap(cause="false_counter", change=lambda _: {"uniqueopens": 0, "opens": 0}),
    Gap(cause="unreadable_rows", change=lambda found: {"hardbounces": found["hardbounces"] + 2}),
    Gap(cause="unexplained", change=lambda found: {"uniquelinkclicks": found["uniquelinkclicks"] + 60}),
    Gap(cause="no_counter", change=lambda _: {"uniqueforwards": None, "forwards": None}),
)
