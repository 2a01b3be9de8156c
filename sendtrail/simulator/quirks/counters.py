"""Oddities of the counters of campaigns and links."""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from sendtrail.simulator.quirks.events import EventType

OddNumber = Literal["never", "thousands", "float", "float_string", "null", "empty", "missing", "word"]
CounterName = Literal[
    "send_amt",
    "total_amt",
    "opens",
    "uniqueopens",
    "verified_opens",
    "verified_unique_opens",
    "linkclicks",
    "uniquelinkclicks",
    "subscriberclicks",
    "forwards",
    "uniqueforwards",
    "replies",
    "hardbounces",
    "softbounces",
    "unsubscribes",
]


@dataclass(frozen=True, kw_only=True)
class CounterQuirks:
    """What counters count, and how they are written."""

    odd_counters: OddNumber = "never"
    """How campaigns write their counters: "1,234", 100.0, "100.0", null, "", not at all, or "many"."""
    odd_counter_names: tuple[CounterName, ...] = ()
    """The counters that `odd_counters` is about; none: all of them."""
    bots_filtered: bool = False
    """A link's `a_total` and `a_unique` leave out clicks whose contacts are in `info` all the same."""
    counters_fall_on_deletion: tuple[EventType, ...] = ()
    """Kinds of event whose counters fall when a contact is deleted, whether or not its rows vanish."""
    zero_counters: tuple[EventType, ...] = ()
    """Kinds of event whose counters are 0 for ever, whatever the reports show."""
    counters_leave_out: tuple[EventType, ...] = ()
    """Kinds of event of which the counters leave out one in three."""
    frozen_counters: tuple[EventType, ...] = ()
    """Kinds of event whose counters, those of links included, stand still from `counters_freeze_h` on."""
    counters_freeze_h: Annotated[float, Field(ge=0)] = 0
    """So many hours after the account began, `frozen_counters` stand still."""
