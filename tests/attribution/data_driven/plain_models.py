"""The data-driven models in exact fractions, as their definitions say it, for small sets of paths."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import pairwise, permutations

from sendtrail.attribution.data_driven.paths import PathCount, campaigns_of

State = tuple[int, ...]
# By state: the chance of each next state, and of a conversion.
Chain = Mapping[State, tuple[Mapping[State, Fraction], Fraction]]


def removal_effects(paths: Sequence[PathCount], *, order: int) -> list[Fraction]:
    """Return the removal effect of each campaign: every step to it leads to no conversion instead."""
    chain = _chain(paths, order)
    whole = _conversion(chain)
    return [1 - _conversion(chain, without=campaign) / whole for campaign in campaigns_of(paths)]


def shapley_credits(paths: Sequence[PathCount]) -> list[Fraction]:
    """Return the Shapley credit of each campaign: what it adds in each order of the players, averaged."""
    counts: dict[frozenset[int], tuple[int, int]] = {}
    for path in paths:
        converted, total = counts.get(frozenset(path.campaigns), (0, 0))
        counts[frozenset(path.campaigns)] = (
            converted + path.converted,
            total + path.converted + path.unconverted,
        )
    credit = dict.fromkeys(campaigns_of(paths), Fraction(0))
    for game, (converted, total) in counts.items():
        if converted:
            for player, value in _values(game, counts).items():
                credit[player] += value * total
    return list(credit.values())


def _values(game: frozenset[int], counts: Mapping[frozenset[int], tuple[int, int]]) -> dict[int, Fraction]:
    def worth(players: frozenset[int]) -> Fraction:
        converted, total = counts.get(players, (0, 0))
        return Fraction(converted, total) if total else Fraction(0)

    orders = list(permutations(sorted(game)))
    values = dict.fromkeys(game, Fraction(0))
    for order in orders:
        for place, player in enumerate(order):
            values[player] += worth(frozenset(order[: place + 1])) - worth(frozenset(order[:place]))
    return {player: value / len(orders) for player, value in values.items()}


def _chain(paths: Sequence[PathCount], order: int) -> Chain:
    moves: dict[State, dict[State, int]] = {}
    converted: dict[State, int] = {}
    leaving: dict[State, int] = {}
    for path in paths:
        states = [path.campaigns[:length][-order:] for length in range(len(path.campaigns) + 1)]
        count = path.converted + path.unconverted
        for before, after in pairwise(states):
            found = moves.setdefault(before, {})
            found[after] = found.get(after, 0) + count
        for state in states:
            leaving[state] = leaving.get(state, 0) + count
        converted[states[-1]] = converted.get(states[-1], 0) + path.converted
    return {
        state: (
            {after: Fraction(number, count) for after, number in moves.get(state, {}).items() if count},
            Fraction(converted.get(state, 0), count) if count else Fraction(0),
        )
        for state, count in leaving.items()
    }


def _conversion(chain: Chain, *, without: int | None = None) -> Fraction:
    """Return the chance of a conversion from the start: Gauss's elimination of chance = next chances + conversion."""
    states = [state for state in chain if without not in state]
    place = {state: number for number, state in enumerate(states)}
    rows = [[Fraction(n == m) for m in range(len(states))] + [chain[state][1]] for n, state in enumerate(states)]
    for state in states:
        for following, share in chain[state][0].items():
            if following in place:
                rows[place[state]][place[following]] -= share
    for n in range(len(states)):
        pivot = next(m for m in range(n, len(states)) if rows[m][n])
        rows[n], rows[pivot] = rows[pivot], rows[n]
        rows[n] = [value / rows[n][n] for value in rows[n]]
        for m in range(len(states)):
            if m != n and rows[m][n]:
                factor = rows[m][n]
                rows[m] = [left - factor * right for left, right in zip(rows[m], rows[n], strict=True)]
    return rows[place[()]][-1]
