"""Shapley attribution: worked examples, its definition in fractions, and what always holds."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sendtrail.attribution.data_driven.paths import PathCount, campaigns_of
from sendtrail.attribution.data_driven.shapley import ShapleyModel
from tests.attribution.data_driven.path_samples import arrays, converting_paths, paths_of
from tests.attribution.data_driven.plain_models import shapley_credits


def _credits(paths: list[PathCount]) -> list[float]:
    return list(ShapleyModel(paths, campaigns_of(paths)).credits(*arrays(paths)))


def test_two_campaigns_worked_by_hand() -> None:
    """Alone they convert 10 and 30 %, together 60 %: 2 adds 30 before 1 and 50 after it, so 40, and 1 adds 20."""
    paths = paths_of(("1", 1, 9), ("2", 3, 7), ("1 > 2", 6, 4))

    assert _credits(paths) == pytest.approx([1 + 2, 3 + 4])


def test_a_campaign_that_lowers_the_rate_has_less_than_nothing() -> None:
    """1 converts half alone, and a tenth with 2, which converts nobody by itself: 30 % and -20 %."""
    paths = paths_of(("1", 5, 5), ("1 > 2", 1, 9), ("2", 0, 8))

    assert _credits(paths) == pytest.approx([5 + 3, -2])


def test_the_order_of_a_path_does_not_matter() -> None:
    """A coalition is a set: 1 > 2, 2 > 1 and 1 > 2 > 1 are paths of the same game."""
    together = paths_of(("1 > 2", 6, 14), ("1", 1, 1))
    apart = paths_of(("1 > 2", 3, 4), ("2 > 1", 2, 5), ("1 > 2 > 1", 1, 5), ("1", 1, 1))

    assert _credits(apart) == pytest.approx(_credits(together))


@given(paths=converting_paths)
def test_credits_are_the_averages_over_all_orders(paths: list[PathCount]) -> None:
    """As the definition says: each order in which the players may come, one by one."""
    assert _credits(paths) == pytest.approx([float(credit) for credit in shapley_credits(paths)], abs=1e-9)


@given(paths=converting_paths)
def test_credits_sum_to_the_conversions(paths: list[PathCount]) -> None:
    """Of every game, and so of all."""
    assert sum(_credits(paths)) == pytest.approx(sum(path.converted for path in paths))


@given(rates=st.tuples(st.integers(0, 20), st.integers(0, 20)))
def test_a_player_that_adds_nothing_earns_nothing(rates: tuple[int, int]) -> None:
    """9 converts nobody alone, and leaves every rate as it is without it."""
    one, two = rates
    paths = paths_of(
        ("1", one, 20 - one), ("2", two, 20 - two), ("9", 0, 20), ("9 > 1", one, 20 - one), ("2 > 9", two, 20 - two)
    )

    assert _credits(paths)[-1] == pytest.approx(0, abs=1e-9)


@given(paths=converting_paths)
def test_campaigns_that_change_places_change_credits(paths: list[PathCount]) -> None:
    """A campaign's number means nothing, so players who add the same earn the same."""
    mirrored = [
        PathCount(campaigns=tuple(-c for c in path.campaigns), converted=path.converted, unconverted=path.unconverted)
        for path in paths
    ]

    assert np.flip(_credits(mirrored)) == pytest.approx(_credits(paths), abs=1e-9)
