"""What public implementations make of the same paths; `data/README.md` says which, and how to ask them again."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from sendtrail.attribution.data_driven.markov import MarkovModel
from sendtrail.attribution.data_driven.model import Numbers
from sendtrail.attribution.data_driven.paths import campaigns_of
from sendtrail.attribution.data_driven.shapley import ShapleyModel
from tests.attribution.data_driven.path_samples import arrays, paths_of

FOUND: Mapping[str, Any] = json.loads((Path(__file__).parent / "data" / "public_credits.json").read_text("utf-8"))


@cache
def _paths() -> list[Any]:
    return paths_of(*((steps.replace(">", " > "), *counts) for steps, *counts in FOUND["paths"]))


def _by_campaign(numbers: Numbers) -> dict[str, float]:
    return dict(zip(map(str, campaigns_of(_paths())), numbers.tolist(), strict=True))


def test_removal_effects_are_those_of_a_public_implementation() -> None:
    """To nine digits, as both are exact."""
    model = MarkovModel(_paths(), campaigns_of(_paths()))

    assert _by_campaign(model.removal_effects(*arrays(_paths()))) == pytest.approx(FOUND["removal_effects"], rel=1e-9)


def test_shapley_credits_are_those_of_a_public_implementation() -> None:
    """To nine digits, as both are exact."""
    model = ShapleyModel(_paths(), campaigns_of(_paths()))

    assert _by_campaign(model.credits(*arrays(_paths()))) == pytest.approx(FOUND["shapley_credits"], rel=1e-9)


@pytest.mark.parametrize("order", [1, 2])
def test_credits_are_those_of_a_public_simulation(order: int) -> None:
    """To the hundredths to which it simulates, of either order."""
    model = MarkovModel(_paths(), campaigns_of(_paths()), order=order)

    credit = _by_campaign(model.credits(*arrays(_paths())))

    assert credit == pytest.approx(FOUND["simulated_credits"][str(order)], rel=0.03)


def test_the_orders_differ_by_more_than_that() -> None:
    """So the test above can fail."""
    first, second = FOUND["simulated_credits"].values()

    assert first != pytest.approx(second, rel=0.06)
