"""A report list as it stands: the rows it began with, and what happened since, kept sparsely."""

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from heapq import merge
from itertools import chain

from sendtrail.simulator.report_lists.initial_rows import FirstRows, State
from sendtrail.simulator.report_lists.view import Gaps, View


@dataclass(slots=True, kw_only=True)
class Changes:
    """What happened to a list since it began: costs memory for what is new alone."""

    first: FirstRows
    capacity: int
    """Members there can ever be, but for those who join by name."""
    still: bool = False
    """Whether a repeat leaves a row's instant, and so its place, as it is."""
    per_event: bool = False
    """Whether each event has a row of its own."""
    joined: int = 0
    log: list[State] = field(default_factory=list)
    """Every state since the beginning, in the order in which the list showed them."""
    _latest: dict[int, State] = field(default_factory=dict)
    _missing: list[int] = field(default_factory=list)
    _grown: dict[int, int] = field(default_factory=dict)
    _changed_at: dict[tuple[int, int], int] = field(default_factory=dict)
    _repeated_at: dict[int, int] = field(default_factory=dict)
    _view: View | None = None

    def members(self) -> int:
        """Return how many members there are or have been, those who joined by name aside."""
        return self.first.size + self.joined

    def next_member(self) -> int | None:
        """Count one more member, whose row is to follow, and return it; None when nobody is left."""
        if self.members() >= self.capacity:
            return None
        self.joined += 1
        return self.members() - 1

    def state(self, member: int) -> State | None:
        """Return a member's row; None where the list has none."""
        if member in self._latest:
            return self._latest[member]
        return self._original(member) if member < self.first.size and not self._has_moved(member) else None

    def holds(self, member: int) -> bool:
        """Say whether a member's row is in the list."""
        return self.state(member) is not None

    def last_at(self, member: int) -> int | None:
        """Return when a member with a row last did what the list is about."""
        state = self.state(member)
        return state and self._repeated_at.get(member, state.at)

    def join(self, member: int, at: int, *, listed_at: int) -> None:
        """Add the row of a member."""
        self._note(State(member, at, 1), listed_at)
        self._latest[member] = self.log[-1]

    def repeat(self, before: State, at: int, *, listed_at: int) -> None:
        """Count once more what a member does, and move its row to the top unless rows stand still."""
        member = before.member
        at = max(at, before.at + 1) if self.per_event else at  # two rows that are alike could not be told apart
        if self.still:
            self._repeated_at[member] = at
        else:
            self._take(member)
        self._note(State(member, before.at if self.still else at, before.times + 1), listed_at)
        if self.still and member not in self._latest:
            self._grown[member] = self._grown.get(member, 0) + 1
        else:
            self._latest[member] = self.log[-1]

    def erase(self, member: int) -> None:
        """Remove a member's row; its past states stay in the log."""
        if self.holds(member):
            self._take(member)

    def view(self) -> View:
        """Return the list as it stands."""
        if self._view is None:
            self._view = self._events() if self.per_event else self._rows()
        return self._view

    def states(self) -> Iterator[State]:
        """Return every state so far, newest first; later changes do not touch it."""
        if self.per_event:
            events = chain.from_iterable(map(self.first.events, range(self.first.size)))
            return iter(_newest_first([*events, *self.log]))
        happened = _newest_first(self.log)
        first = map(self.first.__getitem__, range(self.first.size))
        return merge(happened, first, key=lambda state: -state.at) if self.still else chain(happened, first)

    def _rows(self) -> View:
        return View(
            first=self.first,
            recent=tuple(_newest_first(self._latest.values())),
            gaps=Gaps(tuple(self._missing)),
            grown=dict(self._grown),
            changed_at=dict(self._changed_at),
        )

    def _events(self) -> View:
        """Return a row per event of those members who have any."""
        there = tuple(state for state in self.states() if self.holds(state.member))
        return View(first=replace(self.first, size=0), recent=there, changed_at=dict(self._changed_at))

    def _note(self, state: State, listed_at: int) -> None:
        self.log.append(state)
        if listed_at != state.at:
            self._changed_at[state.member, state.at] = listed_at
        self._view = None

    def _take(self, member: int) -> None:
        self._view = None
        if self._latest.pop(member, None) is None:
            insort(self._missing, member)

    def _original(self, member: int) -> State:
        return self.first[member].grown(self._grown.get(member, 0))

    def _has_moved(self, member: int) -> bool:
        place = bisect_left(self._missing, member)
        return place < len(self._missing) and self._missing[place] == member


def _newest_first(states: Iterable[State]) -> list[State]:
    return sorted(states, key=lambda state: state.at)[::-1]
