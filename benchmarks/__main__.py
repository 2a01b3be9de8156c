"""Run the benchmarks and print their figures: `python -m benchmarks [NAME ...]`; see `docs/performance.md`."""

import sys
from pathlib import Path

import orjson
from rich.console import Console
from rich.table import Table

from benchmarks import (
    audits,
    bare_load,
    budget,
    conversion_memory,
    daily_delta,
    data_driven,
    inlined_tables,
    machines,
    memory,
    merge,
    processing,
    quiet_day,
    real_days,
    scale,
    small_campaigns,
    stored_views,
    views,
)
from benchmarks.figures import Figure

# The simulator alone comes first: the figures of the others hold only if it does not limit them.
SCENARIOS = {
    "simulator": bare_load.measure,
    "budget": budget.measure,
    "daily_delta": daily_delta.measure,
    "real_days": real_days.measure,
    "quiet_day": quiet_day.measure,
    "audits": audits.measure,
    "small_campaigns": small_campaigns.measure,
    "memory": memory.measure,
    "conversions": conversion_memory.measure,
    "processing": processing.measure,
    "scale": scale.measure,
    "merge": merge.measure,
    "views": views.measure,
    "inlined_tables": inlined_tables.measure,
    "stored_views": stored_views.measure,
    "data_driven": data_driven.measure,
    "machines": machines.measure,
}
RESULTS = Path(__file__).parent / "results.json"


def main(names: list[str]) -> None:
    """Measure the named scenarios and print a table; without a name measure all, and store `results.json` too."""
    unknown = set(names) - SCENARIOS.keys()
    if unknown:
        sys.exit(f"unknown benchmark {', '.join(sorted(unknown))}: choose from {', '.join(SCENARIOS)}")
    figures = [figure for name in names or SCENARIOS for figure in _measured(name)]
    Console().print(_table(figures))
    if not names:
        RESULTS.write_bytes(orjson.dumps(figures, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))


def _measured(name: str) -> list[Figure]:
    print(f"Measuring {name} ...", file=sys.stderr)
    return SCENARIOS[name]()


def _table(figures: list[Figure]) -> Table:
    table = Table("scenario", "figure", "measured", "target", "")
    for figure in figures:
        verdict = "[green]reached" if figure.is_reached else "[red]missed"
        verdict = "" if figure.target is None else verdict
        table.add_row(figure.scenario, figure.name, figure.shown, figure.target_shown, verdict)
    return table


if __name__ == "__main__":
    main(sys.argv[1:])
