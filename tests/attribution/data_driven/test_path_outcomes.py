"""The view path_outcomes against its definition in plain Python, over random touches, conversions and settings."""

import pytest
from hypothesis import given

from tests.attribution.data_driven.plain_paths import Path, paths
from tests.attribution.test_attribution_properties import Worlds, is_conversion, trying, worlds
from tests.views.cases import in_accounts
from tests.views.engines import DuckDbEngine, given_views


@pytest.fixture(scope="module")
def outcomes() -> DuckDbEngine:
    """Give DuckDB with the views of attribution over empty tables."""
    return DuckDbEngine("outcomes", given_views())


@trying
@given(worlds=worlds)
def test_paths_and_their_outcomes_are_as_defined(outcomes: DuckDbEngine, worlds: Worlds) -> None:
    """Every touch is in the path of a conversion or in one that did not convert, where conversions are known."""
    outcomes.fill(in_accounts({str(number): world for number, world in enumerate(worlds)}))
    found: dict[str, list[Path]] = {str(number): [] for number, _ in enumerate(worlds)}
    for row in outcomes.read("path_outcomes"):
        steps = tuple(int(step) for step in (row["campaign_ids"] or "").split(" > ") if step)
        found[row["organization_id"]].append((row["conversion_id"], row["contact_key"], steps))

    for number, world in enumerate(worlds):
        expected = paths(world, [row for row in world["conversions"] if is_conversion(row)])
        assert sorted(found[str(number)], key=str) == sorted(expected, key=str)
