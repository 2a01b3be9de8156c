"""Ways in which an account may differ from the documented behaviour, each one switchable."""

from dataclasses import dataclass
from typing import Literal

EventType = Literal["open", "click", "bounce", "unsubscribe", "forward"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quirks:
    """Which oddities an account shows; the default is the account without any."""

    unsorted_opens: bool = False
    """Opens come shuffled, whatever the order asked for."""
    ascending_opens: bool = False
    """Opens come oldest first, whatever the order asked for."""
    repeated_page: Literal["never", "links", "all"] = "never"
    """Reports that ignore `page` and repeat the first one."""
    without_tstamp_iso: tuple[EventType, ...] = ()
    """Kinds of row without `tstamp_iso`: only the naive local `tstamp` is left."""
    unsubscriptions_without_tstamp: bool = False
    """Unsubscription rows carry `tstamp_iso` alone."""
    tstamp_hour_behind: bool = False
    """`tstamp` is an hour behind `tstamp_iso` in rows that have both."""
    ints: bool = False
    """Ids, counters and totals are numbers rather than strings."""
    zero_dates: bool = False
    """Absent dates are `""`, null, "0000-00-00" or "0000-00-00 00:00:00" by turns, rather than always null."""
    counters_run_ahead: bool = False
    """News of a day moves the counters at once, and the lists only when the next day passes (or at `settle`)."""
    id_greater_ignored: bool = False
    """The contacts list starts at the beginning whatever `id_greater` says."""
    updated_after_ignored: bool = False
    """The contacts list holds every contact whatever `filters[updated_after]` says."""
    max_limit: int = 100
    """Rows a v3 page holds at most, whatever `limit` says."""
    info_shape: Literal["list", "object", "mixed"] = "list"
    """What a link's `info` is: a list, an object with numeric keys, or either by turns."""
    empty_info: Literal["list", "string", "mixed"] = "list"
    """What `info` is when nobody clicked: `[]`, `""`, or either by turns."""
    bots_filtered: bool = False
    """A link's `a_total` and `a_unique` leave out clicks whose contacts are in `info` all the same."""
    deleted_contacts_leave_reports: bool = False
    """Report rows vanish with their contact."""
