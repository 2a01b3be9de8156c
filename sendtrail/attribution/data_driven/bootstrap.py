"""How uncertain credit is: what it would be if other people, just like these, had taken the paths.

As many paths are drawn again as there are, from them (Efron, 1979), and the credit is computed anew each time. The
draws depend on the seed alone. A person with several paths counts as several, so intervals are a little too narrow.
"""

from dataclasses import dataclass

import numpy as np

from sendtrail.attribution.data_driven.model import Model, Numbers

# What lies between is nineteen in twenty draws.
BOUNDS = (2.5, 97.5)


@dataclass(frozen=True, kw_only=True, slots=True)
class Draws:
    """How often the paths are drawn again, and the seed of the draws."""

    times: int
    seed: int


def intervals(model: Model, converted: Numbers, unconverted: Numbers, *, draws: Draws) -> tuple[Numbers, Numbers]:
    """Return the lower and the upper bound of each campaign's credit."""
    chance = np.random.Generator(np.random.PCG64(draws.seed))
    counts = np.concatenate([converted, unconverted])
    taken = np.flatnonzero(counts)
    shares, number = counts[taken] / counts.sum(), int(counts.sum())
    found = []
    for _ in range(draws.times):
        drawn = np.zeros_like(counts)
        drawn[taken] = chance.multinomial(number, shares)
        found.append(model.credits(*np.split(drawn, 2)))
    low, high = np.percentile(np.array(found), BOUNDS, axis=0)
    return low, high
