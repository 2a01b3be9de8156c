"""A report list at one instant, newest first.

Rows that moved or joined stand above all that a list began with, so it is the recent rows followed by the first rows
without those that moved.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

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
    grown: Mapping[int, int] = field(default_factory=dict)
    """By how much `times` of first rows grew that stayed where they were, by member."""
    changed_at: Mapping[tuple[int, int], int] = field(default_factory=dict)
    """When a row last changed, by its member and instant, where that is not its instant."""

    def __len__(self) -> int:
        return len(self.recent) + self.first.size - len(self.gaps.missing)

    def __getitem__(self, index: int) -> State:
        """Return the row at an index, newest first."""
        if index < len(self.recent):
            return self.recent[index]
        return self._original(self.gaps.nth(index - len(self.recent)))

    def __iter__(self) -> Iterator[State]:
        """Go through the rows, newest first."""
        yield from self.recent
        original = self._original if self.grown else self.first.__getitem__
        start = 0
        for stop in self.gaps.missing:
            yield from map(original, range(start, stop))
            start = stop + 1
        yield from map(original, range(start, self.first.size))

    def slice(self, start: int, stop: int) -> list[State]:
        """Return the rows from one index up to another, newest first."""
        return [self[index] for index in range(max(0, start), min(stop, len(self)))]

    def has_changed(self, state: State, since: float) -> bool:
        """Say whether a row came or changed at an instant or later."""
        return self.changed_at.get((state.member, state.at), state.at) >= since

    def _original(self, member: int) -> State:
        return self.first[member].grown(self.grown.get(member, 0))
