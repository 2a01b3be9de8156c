"""Run the benchmarks and print their figures: `python -m benchmarks [NAME ...]`."""

import sys
from pathlib import Path

import orjson
from rich.console import Console
from rich.table import Table

from benchmarks import memory, processing, views
from benchmarks.figures import Figure

SCENARIOS = {"memory": memory.measure, "processing": processing.measure, "views": views.measure}
RESULTS = Path(__file__).parent / "results.json"


def main(names: list[str]) -> None:
    """Measure the named scenarios (all without a name), print a table and store `results.json`."""
    unknown = set(names) - SCENARIOS.keys()
    if unknown:
        sys.exit(f"there is no benchmark {', '.join(sorted(unknown))}; there are {', '.join(SCENARIOS)}")
    figures = [figure for name in names or SCENARIOS for figure in SCENARIOS[name]()]
    Console().print(_table(figures))
    RESULTS.write_bytes(orjson.dumps(figures, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))


def _table(figures: list[Figure]) -> Table:
    table = Table("scenario", "figure", "measured", "to reach", "")
    for figure in figures:
        verdict = "[green]reached" if figure.is_reached else "[red]missed"
        table.add_row(figure.scenario, figure.name, figure.shown, figure.target_shown, verdict if figure.target else "")
    return table


if __name__ == "__main__":
    main(sys.argv[1:])
