"""A profile in a few lines: the functions that take the most time of their own."""

import cProfile
import pstats
from pathlib import Path
from typing import Any, cast

from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parent.parent
LINES = 15

Place = tuple[str, int, str]


def print_profile(profile: cProfile.Profile, *, rows: int) -> None:
    """Print the functions with the most time of their own; the profiler's cost makes short calls look longer."""
    # The data of pstats: a function's place -> primitive calls, calls, own time, time with its callees, callers.
    stats = cast("dict[Place, tuple[Any, ...]]", pstats.Stats(profile).stats)  # type: ignore[attr-defined]
    total_s = sum(own_s for _, _, own_s, *_ in stats.values())
    table = Table("own time", "calls per row", "function")
    for place, (_, calls, own_s, *_) in sorted(stats.items(), key=lambda item: -item[1][2])[:LINES]:
        table.add_row(f"{own_s / total_s:.0%}", f"{calls / rows:.1f}", _name(place))
    Console(width=120).print("Where the time goes", table)


def _name(place: Place) -> str:
    """Return a function's name, for the project's own with its file and line."""
    file, line, function = place
    path = Path(file)
    return f"{path.relative_to(ROOT)}:{line} {function}" if path.is_relative_to(ROOT) and line else function
