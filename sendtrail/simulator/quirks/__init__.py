"""Ways in which an account may differ from the documented behaviour, each one a switch, in groups by concept.

`wire` is about the bytes of every answer, `values` about single values, `paging` about lists and their ends, `rows`
about rows of reports, `counters` about counters, `change` about how reports change, `access` about the key.
"""

from dataclasses import dataclass

from sendtrail.simulator.quirks.access import AccessQuirks
from sendtrail.simulator.quirks.change import ChangeQuirks
from sendtrail.simulator.quirks.counters import CounterQuirks
from sendtrail.simulator.quirks.events import EVENT_TYPES, EventType
from sendtrail.simulator.quirks.paging import PagingQuirks
from sendtrail.simulator.quirks.rows import RowQuirks
from sendtrail.simulator.quirks.values import ValueQuirks
from sendtrail.simulator.quirks.wire import WireQuirks

__all__ = ["EVENT_TYPES", "GROUPS", "EventType", "Quirks"]

GROUPS = (WireQuirks, ValueQuirks, PagingQuirks, RowQuirks, CounterQuirks, ChangeQuirks, AccessQuirks)


@dataclass(frozen=True, kw_only=True)
class Quirks(AccessQuirks, ChangeQuirks, CounterQuirks, RowQuirks, PagingQuirks, ValueQuirks, WireQuirks):
    """Which oddities an account shows; the default is the account without any."""
