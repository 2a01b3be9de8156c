"""Paths to try the models on, and their counts as arrays."""

from collections.abc import Sequence

import numpy as np
from hypothesis import strategies as st

from sendtrail.attribution.data_driven.model import Numbers
from sendtrail.attribution.data_driven.paths import PathCount, path_count

counts = st.integers(0, 9)
# Few campaigns, so that paths share them, and steps that may be repeated.
any_paths = st.dictionaries(
    st.lists(st.integers(1, 4), min_size=1, max_size=5).map(tuple), st.tuples(counts, counts), min_size=1, max_size=8
).map(
    lambda drawn: [
        PathCount(campaigns=campaigns, converted=converted, unconverted=unconverted)
        for campaigns, (converted, unconverted) in drawn.items()
    ]
)
converting_paths = any_paths.filter(lambda paths: any(path.converted for path in paths))


def paths_of(*rows: tuple[str, int, int]) -> list[PathCount]:
    """Return paths from rows such as ("1 > 2", 3, 17): the steps, the conversions, and the others."""
    return [path_count(steps, converted=converted, unconverted=unconverted) for steps, converted, unconverted in rows]


def arrays(paths: Sequence[PathCount]) -> tuple[Numbers, Numbers]:
    """Return how often each path converted, and how often not."""
    return (
        np.array([path.converted for path in paths], dtype=np.float64),
        np.array([path.unconverted for path in paths], dtype=np.float64),
    )
