"""Shapley attribution: what a campaign adds to the conversion rate of those it comes together with, on average.

The players of a game are the campaigns of a path, and a coalition is worth the conversion rate of the paths with
exactly these campaigns, in whatever order; 0 where there are none. A player's Shapley value is what it adds, averaged
over all orders in which the players may come. What converted with a set of campaigns is divided in proportion to the
values of that set's game. A campaign that lowers the rate of those beside it may have less than nothing.
"""

from array import array
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from math import factorial

import numpy as np

from sendtrail.attribution.data_driven.model import Indices, Numbers, indices, quotients, summed
from sendtrail.attribution.data_driven.paths import PathCount

Coalition = tuple[int, ...]


class ShapleyModel:
    """The games of some paths; `campaigns` gives the order of the credits."""

    def __init__(self, paths: Sequence[PathCount], campaigns: Sequence[int]) -> None:
        coalitions = [tuple(sorted(set(path.campaigns))) for path in paths]
        numbers = {coalition: number for number, coalition in enumerate(dict.fromkeys(coalitions))}
        order = {campaign: number for number, campaign in enumerate(campaigns)}
        # Whatever never converted is worth nothing in any draw from these paths.
        converting = {each: numbers[each] for each, path in zip(coalitions, paths, strict=True) if path.converted}
        self._size, self._campaigns = len(numbers), len(campaigns)
        self._coalitions = indices([numbers[coalition] for coalition in coalitions])
        # A place is a player of a game.
        self._games = indices([number for game, number in converting.items() for _ in game])
        self._players = indices([order[player] for game in converting for player in game])
        self._places, self._parts, self._coefficients = _parts(converting)

    def credits(self, converted: Numbers, unconverted: Numbers, /) -> Numbers:
        """Return the credit of each campaign."""
        conversions = summed(self._coalitions, converted, size=self._size)
        counts = summed(self._coalitions, converted + unconverted, size=self._size)
        worth = quotients(conversions, counts)
        values = summed(self._places, self._coefficients * worth[self._parts], size=len(self._games))
        # The values of a game sum to its rate, so times its paths they sum to its conversions.
        earned = np.where(conversions > 0, counts, 0)[self._games] * values
        return summed(self._players, earned, size=self._campaigns)


def _parts(converting: Mapping[Coalition, int]) -> tuple[Indices, Indices, Numbers]:
    """Return what each coalition adds to the values of the games that it is part of: place, coalition, coefficient."""
    # Of millions, lists of Python's numbers would take ten times the memory.
    places, parts, coefficients = array("q"), array("q"), array("d")
    place = 0
    for game in converting:
        for coalition in _coalitions_within(game):
            if coalition in converting:
                places.extend(range(place, place + len(game)))
                parts.extend([converting[coalition]] * len(game))
                coefficients.extend(_coefficients(game, coalition))
        place += len(game)
    return np.frombuffer(places, np.int64), np.frombuffer(parts, np.int64), np.frombuffer(coefficients, np.float64)


def _coalitions_within(game: Coalition) -> Iterator[Coalition]:
    for size in range(1, len(game) + 1):
        yield from combinations(game, size)


def _coefficients(game: Coalition, coalition: Coalition) -> Iterator[float]:
    """Yield how a coalition counts for each player: as one that it completes, or one that it would have joined."""
    players, size = len(game), len(coalition)
    members = set(coalition)
    completes = factorial(size - 1) * factorial(players - size) / factorial(players)
    would_join = factorial(size) * factorial(players - size - 1) / factorial(players) if size < players else 0.0
    for player in game:
        yield completes if player in members else -would_join
