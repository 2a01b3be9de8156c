"""Oddities of how reports change while time passes, and while they are being read."""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from sendtrail.simulator.quirks.events import EventType


@dataclass(frozen=True, kw_only=True)
class ChangeQuirks:
    """How rows come, change and go."""

    still_tstamps: tuple[Literal["open", "click"], ...] = ()
    """Kinds of row whose `tstamp` is the first event: a repeat raises `times`, and the row stays where it is."""
    counters_run_ahead: bool = False
    """What a day brings moves the counters at once, and the lists only when the next day passes (or at `settle`)."""
    late_opens_h: Annotated[float, Field(ge=0)] = 0
    """Rows of opens come, or change, so many hours after the counters."""
    late_clicks_h: Annotated[float, Field(ge=0)] = 0
    """Rows of clicks come, or change, so many hours after the counters."""
    rows_vanish_on_deletion: tuple[EventType, ...] = ()
    """Kinds of row that vanish when their contact is deleted."""
    deletions_while_reading: Annotated[int, Field(ge=0)] = 0
    """After each so many report requests a contact on the page just read is deleted, so that other rows move up over
    the border of the page. Its rows of the kinds in `rows_vanish_on_deletion` vanish, or of all if that is empty."""
    opens_erase_soft_bounces: bool = False
    """About every other first open is of a contact whose mail had bounced softly, as long as there are any: the bounce
    vanishes, and its counter falls."""
    resubscribing: Literal["never", "counters_fall", "counters_stay"] = "never"
    """On every day that brings a campaign anything, one contact who had unsubscribed there subscribes again: its row
    vanishes, and the counter falls or stays."""
