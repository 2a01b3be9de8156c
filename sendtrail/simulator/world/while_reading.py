"""What happens in an account while its reports are being read."""

from collections.abc import Sequence
from dataclasses import dataclass

from sendtrail.simulator.account_clock import Clock
from sendtrail.simulator.plan import Plan
from sendtrail.simulator.quirks import Quirks
from sendtrail.simulator.randomness import derive
from sendtrail.simulator.world.activity_generator import Movement, Span
from sendtrail.simulator.world.campaigns import Report


@dataclass(slots=True, kw_only=True)
class WhileReading:
    """Count report requests, and move the lists under their reader's hands when it is time."""

    plan: Plan
    quirks: Quirks
    movement: Movement
    clock: Clock
    seed: int
    settled: bool = False
    """Whether nothing moves any more."""
    _requests: int = 0

    def after(self, lists: Sequence[Report], shown: Sequence[int]) -> None:
        """Move the lists that a request has just read, of which it was shown the rows of some contacts (by number)."""
        self._requests += 1
        if lists and self._is_time(self.plan.shift_every):
            start = self.clock.now()
            span = Span(
                key=derive(self.seed, "span", start),
                start=start,
                end=self.clock.nudge(3),
                share=self.plan.daily_share,
            )
            self.movement.arrivals(lists[start % len(lists)], span)
        if self._is_time(self.quirks.deletions_while_reading):
            self._delete_one(shown)

    def _is_time(self, every: int) -> bool:
        return not self.settled and every > 0 and self._requests % every == 0

    def _delete_one(self, shown: Sequence[int]) -> None:
        contacts = self.movement.contacts
        there = [number for number in shown if not contacts.is_deleted(number)]
        if there:
            self.movement.reversals.deletion(contacts[there[self._requests % len(there)]])
