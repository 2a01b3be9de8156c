"""A report list as it stands: the rows it began with, and what happened since, kept sparsely.

Whatever happens, happens to members at the top, so the list, newest first, is the recent rows followed by the first
rows without those that moved.
"""

from bisect import bisect_left, insort
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain

from sendtrail.simulator.report_lists.initial_rows import FirstRows, State


@dataclass(frozen=True, slots=True)
class Gaps:
    """Numbers 0..size-1 with some missing."""

    missing: tuple[int, ...]
    """Ascending."""

    def nth(self, n: int) -> int:
        """Return the n-th number that is not missing, in O(log missing)."""
        low, high = 0, len(self.missing)
        while low < high:
            middle = (low + high) // 2
            if self.missing[middle] - middle <= n:
                low = middle + 1
            else:
                high = middle
        return n + low


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A list as it stands at one instant; later changes do not touch it."""

    first: FirstRows
    recent: tuple[State, ...] = ()
    """Newest first."""
    gaps: Gaps = Gaps(())

    def __len__(self) -> int:
        return len(self.recent) + self.first.size - len(self.gaps.missing)

    def __getitem__(self, index: int) -> State:
        """Return the row at an index, newest first."""
        if index < len(self.recent):
            return self.recent[index]
        return self.first[self.gaps.nth(index - len(self.recent))]

    def __iter__(self) -> Iterator[State]:
        """Go through the rows, newest first."""
        yield from self.recent
        start = 0
        for stop in self.gaps.missing:
            yield from map(self.first.__getitem__, range(start, stop))
            start = stop + 1
        yield from map(self.first.__getitem__, range(start, self.first.size))

    def slice(self, start: int, stop: int) -> list[State]:
        """Return the rows from one index up to another, newest first."""
        return [self[index] for index in range(max(0, start), min(stop, len(self)))]


@dataclass(slots=True, kw_only=True)
class Changes:
    """What happened to a list since it began: costs memory for the news alone."""

    first: FirstRows
    capacity: int
    """Members there can ever be."""
    joined: int = 0
    log: list[State] = field(default_factory=list)
    """Every state since the beginning, oldest first."""
    _latest: dict[int, State] = field(default_factory=dict)
    _missing: list[int] = field(default_factory=list)
    _view: View | None = None

    def members(self) -> int:
        """Return how many members there are or have been."""
        return self.first.size + self.joined

    def holds(self, member: int) -> bool:
        """Say whether a member's row is in the list."""
        return member in self._latest or (member < self.first.size and not self._has_moved(member))

    def join(self, at: int) -> bool:
        """Add the next member; return False when nobody is left."""
        if self.members() >= self.capacity:
            return False
        self._put(State(self.members(), at, 1))
        self.joined += 1
        return True

    def repeat(self, member: int, at: int) -> None:
        """Move a member's row to the top, once more than before."""
        before = self._take(member)
        self._put(State(member, at, before.times + 1))

    def erase(self, member: int) -> None:
        """Remove a member's row; its past states stay in the log."""
        if self.holds(member):
            self._take(member)

    def view(self) -> View:
        """Return the list as it stands."""
        if self._view is None:
            recent = tuple(reversed(self._latest.values()))
            self._view = View(first=self.first, recent=recent, gaps=Gaps(tuple(self._missing)))
        return self._view

    def states(self) -> Iterator[State]:
        """Return every state so far, newest first; later changes do not touch it."""
        return chain(reversed(tuple(self.log)), map(self.first.__getitem__, range(self.first.size)))

    def _put(self, state: State) -> None:
        self._latest[state.member] = state
        self.log.append(state)
        self._view = None

    def _take(self, member: int) -> State:
        self._view = None
        if member in self._latest:
            return self._latest.pop(member)
        insort(self._missing, member)
        return self.first[member]

    def _has_moved(self, member: int) -> bool:
        place = bisect_left(self._missing, member)
        return place < len(self._missing) and self._missing[place] == member
