"""What a data-driven model offers: credit for any counts of the same paths, so that they can be drawn again."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Indices = NDArray[np.int64]


class Model(Protocol):
    """A model of fixed paths."""

    def credits(self, converted: Numbers, unconverted: Numbers, /) -> Numbers:
        """Return the credit of each campaign, in sum the conversions; the counts are in the order of the paths."""
        ...


def indices(numbers: list[int]) -> Indices:
    """Return whole numbers as an array that indexes."""
    return np.array(numbers, dtype=np.int64)


def summed(places: Indices, amounts: Numbers, *, size: int) -> Numbers:
    """Return the sum of the amounts of each place."""
    return np.bincount(places, weights=amounts, minlength=size).astype(np.float64)


def quotients(dividends: Numbers, divisors: Numbers) -> Numbers:
    """Return quotients, and 0 where the divisor is 0."""
    return np.divide(dividends, divisors, out=np.zeros_like(dividends), where=divisors != 0)
