"""New activity of a campaign in numbers, for those who want to say how much a day brings."""

from collections.abc import Iterator
from dataclasses import dataclass

from sendtrail.simulator.quirks import EventType


@dataclass(frozen=True, slots=True, kw_only=True)
class NewActivity:
    """How many opens, clicks ... a campaign gets; half of the opens and clicks are of contacts who did so before."""

    campaign_id: int
    opens: int = 0
    clicks: int = 0
    bounces: int = 0
    unsubscribes: int = 0
    forwards: int = 0

    def events(self) -> Iterator[tuple[EventType, int]]:
        """Yield each kind of event and how many there are."""
        yield from (
            ("open", self.opens),
            ("click", self.clicks),
            ("bounce", self.bounces),
            ("unsubscribe", self.unsubscribes),
            ("forward", self.forwards),
        )
