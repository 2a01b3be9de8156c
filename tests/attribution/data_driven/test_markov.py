"""Markov attribution: worked examples, its definition in fractions, and what always holds."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sendtrail.attribution.data_driven.markov import MarkovModel
from sendtrail.attribution.data_driven.paths import PathCount, campaigns_of
from tests.attribution.data_driven.path_samples import arrays, converting_paths, paths_of
from tests.attribution.data_driven.plain_models import removal_effects

orders = st.integers(1, 3)


def _model(paths: list[PathCount], order: int = 1) -> MarkovModel:
    return MarkovModel(paths, campaigns_of(paths), order=order)


def test_the_three_campaigns_of_the_textbook() -> None:
    """One of three converts; without the first campaign half of that, without the others nothing (Bryl, 2016)."""
    paths = paths_of(("1 > 2 > 3", 1, 0), ("1", 0, 1), ("2 > 3", 0, 1))

    model = _model(paths)

    assert model.removal_effects(*arrays(paths)) == pytest.approx([0.5, 1, 1])
    assert model.credits(*arrays(paths)) == pytest.approx([0.2, 0.4, 0.4])


def test_a_path_that_comes_back_counts_its_campaign_once() -> None:
    """All that converts passes through both, however often."""
    paths = paths_of(("1 > 2 > 1 > 2", 3, 5))

    assert _model(paths).removal_effects(*arrays(paths)) == pytest.approx([1, 1])


def test_a_longer_memory_tells_whose_conversions_they_are() -> None:
    """All paths meet at 3, and only those from 1 convert: at 3 a chain of order 1 has forgotten whence they came."""
    paths = paths_of(("1 > 3", 10, 0), ("2 > 3", 0, 10))

    assert _model(paths, order=1).removal_effects(*arrays(paths)) == pytest.approx([0.5, 0.5, 1])
    assert _model(paths, order=2).removal_effects(*arrays(paths)) == pytest.approx([1, 0, 1])


@given(paths=converting_paths, order=orders)
def test_effects_are_those_of_removing_a_campaign(paths: list[PathCount], order: int) -> None:
    """As the definition says: every step to the campaign leads nowhere, and the chain is solved again."""
    expected = [float(effect) for effect in removal_effects(paths, order=order)]

    assert _model(paths, order).removal_effects(*arrays(paths)) == pytest.approx(expected, abs=1e-9)


@given(paths=converting_paths, order=orders)
def test_credits_sum_to_the_conversions(paths: list[PathCount], order: int) -> None:
    """None is lost, none is counted twice, and no campaign has less than nothing."""
    credit = _model(paths, order).credits(*arrays(paths))

    assert credit.sum() == pytest.approx(sum(path.converted for path in paths))
    assert (credit >= 0).all()


@given(paths=converting_paths, others=st.integers(0, 9))
def test_a_campaign_that_no_conversion_follows_earns_nothing(paths: list[PathCount], others: int) -> None:
    """In whatever paths it is, and it changes the shares of nobody."""
    idle = PathCount(campaigns=(9,), converted=0, unconverted=others)

    alone, beside = _model(paths), _model([*paths, idle])

    assert beside.credits(*arrays([*paths, idle])) == pytest.approx([*alone.credits(*arrays(paths)), 0], abs=1e-9)


@given(paths=converting_paths, order=orders)
def test_campaigns_that_change_places_change_credits(paths: list[PathCount], order: int) -> None:
    """A campaign's number means nothing."""
    mirrored = [
        PathCount(campaigns=tuple(-c for c in path.campaigns), converted=path.converted, unconverted=path.unconverted)
        for path in paths
    ]

    credit = _model(paths, order).credits(*arrays(paths))

    assert np.flip(_model(mirrored, order).credits(*arrays(mirrored))) == pytest.approx(credit, abs=1e-9)


def test_paths_without_a_conversion_give_no_credit() -> None:
    """So that a draw in which nothing converts does no harm."""
    paths = paths_of(("1 > 2", 0, 3))

    assert not _model(paths).credits(*arrays(paths)).any()
