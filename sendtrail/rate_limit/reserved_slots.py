"""The slots that a budget has reserved and not yet used."""

from collections import deque
from dataclasses import dataclass, field

# A slot that is used later than this brings its request too close to the next one.
MAX_LATENESS_S = 0.02
# A block grows by one slot for every so many slots that were used in time.
USED_PER_SLOT = 8


@dataclass(kw_only=True)
class ReservedSlots:
    """The slots that this budget has reserved, on the monotonic clock, and how many to reserve next."""

    max_block: int
    _slots: deque[float] = field(default_factory=deque)
    _used: int = 0

    def take(self, now: float) -> float | None:
        """Return the next slot that is not yet missed."""
        while self._slots and self._slots[0] < now - MAX_LATENESS_S:
            self._slots.popleft()
            self._used = 0
        if not self._slots:
            return None
        self._used += 1
        return self._slots.popleft()

    def wanted(self, waiting: int) -> int:
        """Return how many slots to reserve for `waiting` threads: more, the longer none was missed."""
        return min(self.max_block, max(waiting, self._used // USED_PER_SLOT, 1))

    def add(self, slots: list[float]) -> None:
        """Add slots that were reserved."""
        self._slots.extend(slots)

    def clear(self) -> None:
        """Give up all slots."""
        self._slots.clear()
