"""What a figure says of itself, and that each scenario is explained."""

from pathlib import Path
from typing import Literal

import pytest

from benchmarks.__main__ import SCENARIOS
from benchmarks.figures import Figure

PAGE = Path(__file__).parents[2] / "docs" / "performance.md"


@pytest.mark.parametrize(
    ("value", "target", "bound", "reached"),
    [
        (0.92, 0.92, "at least", True),
        (0.919, 0.92, "at least", False),
        (0, 0, "at most", True),
        (1, 0, "at most", False),
        (1, None, "at most", True),
    ],
)
def test_a_target_is_reached_or_missed(
    value: float, target: float | None, bound: Literal["at most", "at least"], reached: bool
) -> None:
    """On the right side of the target, or on it."""
    figure = Figure(scenario="s", name="n", value=value, target=target, bound=bound)

    assert figure.is_reached is reached


@pytest.mark.parametrize(("value", "shown"), [(0.9149, "0.915"), (3.0, "3"), (47.26, "47.3"), (20_227, "20,227")])
def test_a_figure_is_shown_in_digits_that_tell(value: float, shown: str) -> None:
    """Enough of them to see a target missed by little."""
    assert Figure(scenario="s", name="n", value=value).shown == shown


def test_every_scenario_is_explained() -> None:
    """`docs/performance.md` has a section for each, by the name it is run under."""
    page = PAGE.read_text(encoding="utf-8")

    assert [name for name in SCENARIOS if f"`{name}`" not in page] == []
