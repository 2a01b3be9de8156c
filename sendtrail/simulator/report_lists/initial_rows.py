"""The rows a report list begins with, computed when they are asked for.

A row belongs to a *member* of the list. Members below `size` were there from the start, the newest first: member 0
has the latest timestamp.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from sendtrail.simulator.randomness import mix

_TIMES = (1, 1, 2, 1, 1, 1, 3, 1, 1, 2, 1, 1, 1, 1, 5, 1, 1, 1, 2, 1, 1, 4, 1, 1, 1, 2, 1, 1, 1, 1, 1, 9)
_SUMS = tuple(sum(_TIMES[:n]) for n in range(len(_TIMES) + 1))


class State(NamedTuple):
    """What a row says: that a member had done something `times` times when it last did.

    `at` is that instant, in seconds since the epoch (or the first one, where repeats leave it alone).
    """

    member: int
    at: int
    times: int

    def grown(self, by: int) -> "State":
        """Return the state after so many more times, at the same instant."""
        return self._replace(times=self.times + by) if by else self


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstRows:
    """The rows a list began with, strictly ordered in time by construction."""

    key: int
    size: int
    start: int
    end: int
    repeats: bool = True

    def __getitem__(self, member: int) -> State:
        """Return the first state of a member."""
        jitter = (mix(self.key, member) & 0xFFFF) / 0x10000
        share = (self.size - 1 - member + jitter) / self.size
        # Dense after the send, thin at the end; never so dense that a second holds thousands.
        at = self.start + int((self.end - self.start) * share * (0.15 + 0.85 * share))
        return State(member, at, _TIMES[member % len(_TIMES)] if self.repeats else 1)

    def events(self, member: int) -> Iterator[State]:
        """Yield what a member did so far, the first time first, each in a second of its own."""
        last = self[member]
        gap = max(1, (last.at - self.start) // last.times)
        return (State(member, last.at - (last.times - n) * gap, n) for n in range(1, last.times + 1))


def total_times(size: int) -> int:
    """Return the sum of `times` over the first rows of a list that began with `size`, in O(1)."""
    rounds, rest = divmod(size, len(_TIMES))
    return rounds * _SUMS[-1] + _SUMS[rest]
