"""Markov attribution: how much less would convert if every path ended where a campaign comes up (its removal effect).

Paths are a chain: a state is the last `order` campaigns, and the next step depends on nothing else. A campaign's
removal effect is the share of what converts that passes through it: the chance of reaching it, times the chance of a
conversion from there (Anderl et al., 2016, doi:10.1016/j.ijresmar.2016.03.001). Conversions are divided in proportion
to the effects.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from sendtrail.attribution.data_driven.model import Indices, Numbers, indices, quotients, summed
from sendtrail.attribution.data_driven.paths import PathCount

State = tuple[int, ...]
START: State = ()


class MarkovModel:
    """The chain of some paths; `campaigns` gives the order of the credits."""

    def __init__(self, paths: Sequence[PathCount], campaigns: Sequence[int], *, order: int = 1) -> None:
        self._states: dict[State, int] = {START: 0}
        moves = [
            (self._index(before), self._index(after), number)
            for number, path in enumerate(paths)
            for before, after in _moves(path.campaigns, order)
        ]
        sources, targets, numbers = (indices([move[part] for move in moves]) for part in range(3))
        self._moves, self._sources, self._paths = sources * self.size + targets, sources, numbers
        self._ends = indices([self._states[path.campaigns[-order:]] for path in paths])
        self._entries = [self._entries_of(campaign) for campaign in campaigns]

    @property
    def size(self) -> int:
        """Return the number of states."""
        return len(self._states)

    def credits(self, converted: Numbers, unconverted: Numbers, /) -> Numbers:
        """Return the credit of each campaign."""
        effects = self.removal_effects(converted, unconverted)
        total = effects.sum()
        return effects * (converted.sum() / total) if total else effects

    def removal_effects(self, converted: Numbers, unconverted: Numbers, /) -> Numbers:
        """Return for each campaign the share of the conversions that would be missing without it."""
        counts = converted + unconverted
        leaving = summed(self._ends, counts, size=self.size) + summed(
            self._sources, counts[self._paths], size=self.size
        )
        flows = summed(self._moves, counts[self._paths], size=self.size**2).reshape(self.size, self.size)
        chances = quotients(flows, np.repeat(leaving[:, None], self.size, axis=1))
        visits: Numbers = np.linalg.inv(np.eye(self.size) - chances).astype(np.float64, copy=False)
        conversion = visits @ quotients(summed(self._ends, converted, size=self.size), leaving)
        if not conversion[0]:
            return np.zeros(len(self._entries))
        through = [_first_visits(visits, entries) @ conversion[entries] for entries in self._entries]
        # Rounding may leave a little less than nothing.
        effects: Numbers = np.maximum(np.array(through) / conversion[0], 0)
        return effects

    def _index(self, state: State) -> int:
        return self._states.setdefault(state, len(self._states))

    def _entries_of(self, campaign: int) -> Indices:
        """Return the states in which a path can come to a campaign for the first time."""
        return indices(
            [
                number
                for state, number in self._states.items()
                if state[-1:] == (campaign,) and campaign not in state[:-1]
            ]
        )


def _moves(path: State, order: int) -> Iterator[tuple[State, State]]:
    """Yield the moves of a path from state to state, from the start on."""
    for length in range(len(path)):
        yield path[:length][-order:], path[: length + 1][-order:]


def _first_visits(visits: Numbers, entries: Indices) -> Numbers:
    """Return the chance that the first of some states to be visited from the start is each of them.

    Every visit to them follows a first one: the visits expected from the start are first ones times those from there.
    """
    between: Numbers = visits[np.ix_(entries, entries)]
    return np.linalg.solve(between.T, visits[0, entries])
