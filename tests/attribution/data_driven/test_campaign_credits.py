"""Credits with intervals: reproducible, as wide as chance makes them, and refused where they would say nothing."""

from dataclasses import replace
from math import sqrt

import pytest

from sendtrail.attribution.data_driven.bootstrap import Draws
from sendtrail.attribution.data_driven.campaign_credits import MAX_CAMPAIGNS, MAX_STATES, Terms, campaign_credits
from sendtrail.attribution.data_driven.paths import PathCount
from sendtrail.errors import SettingsError
from tests.attribution.data_driven.path_samples import paths_of

TERMS = Terms(order=1, draws=Draws(times=400, seed=7), min_conversions=50)
PATHS = paths_of(("1", 40, 400), ("2", 10, 500), ("2 > 1", 30, 200), ("3 > 1 > 2", 5, 20))


def test_every_model_shares_out_all_conversions() -> None:
    """Each campaign once per model, the largest credit first."""
    found = campaign_credits(PATHS, TERMS)

    for model in ("markov", "shapley"):
        rows = [row for row in found if row.model == model]
        assert sorted(row.campaign_id for row in rows) == [1, 2, 3]
        assert sum(row.credit for row in rows) == pytest.approx(85)
        assert sum(row.share for row in rows) == pytest.approx(1)
        assert [row.credit for row in rows] == sorted((row.credit for row in rows), reverse=True)
        assert all(row.low <= row.credit <= row.high for row in rows)


def test_the_same_seed_gives_the_same_intervals() -> None:
    """In whatever order the paths come."""
    assert campaign_credits(PATHS, TERMS) == campaign_credits(PATHS[::-1], TERMS)


def test_another_seed_draws_anew() -> None:
    """The credit is the same, its interval almost."""
    other = campaign_credits(PATHS, replace(TERMS, draws=replace(TERMS.draws, seed=8)))

    assert [row.credit for row in other] == [row.credit for row in campaign_credits(PATHS, TERMS)]
    assert [row.low for row in other] != [row.low for row in campaign_credits(PATHS, TERMS)]


def test_an_interval_is_as_wide_as_chance() -> None:
    """Of 1,000 people 100 convert: by the normal approximation 100 plus or minus 1.96 times the root of 90."""
    found = campaign_credits(paths_of(("1", 100, 900)), replace(TERMS, draws=Draws(times=2000, seed=1)))

    for row in found:
        assert (row.low, row.high) == pytest.approx((100 - 1.96 * sqrt(90), 100 + 1.96 * sqrt(90)), abs=2)


def test_few_conversions_are_refused_with_what_to_do() -> None:
    """A campaign's credit would be chance."""
    with pytest.raises(SettingsError, match=r"49 conversions .* fewer than 50 .* load conversions of a longer time"):
        campaign_credits(paths_of(("1 > 2", 49, 1000)), TERMS)


def test_fewer_may_be_asked_for() -> None:
    """By somebody who minds the intervals."""
    assert campaign_credits(paths_of(("1 > 2", 3, 10)), replace(TERMS, min_conversions=3))


def test_no_path_is_refused() -> None:
    """Where conversions cover less than a lookback window, no outcome is known."""
    with pytest.raises(SettingsError, match="0 conversions"):
        campaign_credits([], replace(TERMS, min_conversions=1))


def test_conversions_alone_are_refused() -> None:
    """Without those who did not convert there is nothing to compare."""
    with pytest.raises(SettingsError, match="nothing to compare"):
        campaign_credits(paths_of(("1 > 2", 80, 0)), TERMS)


def test_too_many_campaigns_are_refused() -> None:
    """Before the machine runs out of time or memory."""
    many = [PathCount(campaigns=(n,), converted=1, unconverted=1) for n in range(MAX_CAMPAIGNS + 1)]

    with pytest.raises(SettingsError, match="501 campaigns, more than 500: choose fewer paths"):
        campaign_credits(many, TERMS)


def test_too_long_a_memory_is_refused() -> None:
    """A chain of a higher order has a state per sequence."""
    many = [PathCount(campaigns=(n % 40, 50 + n // 40), converted=1, unconverted=1) for n in range(MAX_STATES)]

    with pytest.raises(SettingsError, match=r"order 2 has 1,\d+ states here, more than 1,500: choose a lower order"):
        campaign_credits(many, replace(TERMS, order=2))
