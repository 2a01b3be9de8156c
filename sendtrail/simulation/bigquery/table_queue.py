"""The statements that change one table: two run at once, some wait for their turn, and the next one is refused."""

from dataclasses import dataclass

RUN_AT_ONCE = 2


@dataclass(frozen=True, slots=True)
class Turn:
    """When a statement that was accepted begins and ends, in virtual seconds."""

    begins_at: float
    ends_at: float


class TableQueue:
    """Turns at one table, for up to `waiting_at_most` statements besides those that run.

    Whoever has a turn uses it up, whatever becomes of the process that waits for it.
    """

    def __init__(self, *, waiting_at_most: int) -> None:
        self._waiting_at_most = waiting_at_most
        self._free_at = [0.0] * RUN_AT_ONCE
        self._begins_at: list[float] = []
        self.refused = 0

    def take_turn(self, now: float, *, lasts_s: float) -> Turn | None:
        """Return the turn of a statement; None where it is refused, as too many wait."""
        self._begins_at = [each for each in self._begins_at if each > now]
        first = self._free_at.index(min(self._free_at))
        begins_at = max(now, self._free_at[first])
        if begins_at > now and len(self._begins_at) >= self._waiting_at_most:
            self.refused += 1
            return None
        self._free_at[first] = begins_at + lasts_s
        self._begins_at.append(begins_at)
        return Turn(begins_at, begins_at + lasts_s)

    def fill(self, *, until: float) -> None:
        """Let statements of others take all turns until a time."""
        self._free_at = [max(each, until) for each in self._free_at]
        self._begins_at += [until] * self._waiting_at_most
