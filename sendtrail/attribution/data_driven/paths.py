"""Paths and how often each converted: what data-driven attribution is computed from."""

from collections.abc import Sequence
from dataclasses import dataclass

# As the view path_outcomes joins the campaigns of the steps.
SEPARATOR = " > "
# With fewer conversions, the intervals of most campaigns reach from nothing to twice their credit.
MIN_CONVERSIONS = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class PathCount:
    """A path, as its campaigns in order, with how often it led to a conversion and how often to none."""

    campaigns: tuple[int, ...]
    converted: int
    unconverted: int


def path_count(campaign_ids: str, *, converted: int, unconverted: int) -> PathCount:
    """Return a path from its text in the view, such as "7 > 9"."""
    return PathCount(
        campaigns=tuple(int(campaign) for campaign in campaign_ids.split(SEPARATOR)),
        converted=converted,
        unconverted=unconverted,
    )


def campaigns_of(paths: Sequence[PathCount]) -> tuple[int, ...]:
    """Return the campaigns of paths, each once, in order."""
    return tuple(sorted({campaign for path in paths for campaign in path.campaigns}))
