"""`sendtrail runs`: the latest runs, and what they took."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console
from rich.table import Table

from sendtrail.cli.operate.backend import open_reader_backend
from sendtrail.cli.options.expanded import expanded
from sendtrail.cli.options.operator_options import OperatorOptions
from sendtrail.cli.settings.operator_settings import OperatorSettings
from sendtrail.clock import SystemClock
from sendtrail.sync.runs.run_history import PastRun, past_runs

COLUMNS = ("began (UTC)", "account", "due", "requests", "forecast", "429s", "new rows", "time", "outcome")
UNKNOWN = "-"


@expanded
def runs(
    *,
    last: Annotated[int, typer.Option("--last", help="How many.", min=1, max=10_000)] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    options: OperatorOptions,
) -> None:
    """List the latest runs, the newest first: what was due, what it took, how far the forecast was off, how it ended.

    They are kept for 90 days. On Google Cloud many processes share the work of a run: there, it is known what was due
    and expected, and the logs and the dashboard say what it took.

    Exit code: 0 when they are shown, 2 when an option or the file is wrong, 75 when another program has the file.
    """
    settings, clock = OperatorSettings.read(asdict(options)), SystemClock()
    with open_reader_backend(settings, clock=clock) as backend:
        names = backend.chosen(settings, every=settings.organization is None)
        found = past_runs(backend.state, names, last=last)
    if as_json:
        typer.echo(orjson.dumps(list(map(as_object, found)), option=orjson.OPT_INDENT_2).decode())
    else:
        print_runs(Console(), found)


def as_object(run: PastRun) -> dict[str, Any]:
    """Return a run as a JSON object; its keys stay as they are in later versions."""
    summary = run.summary
    return {
        "run_id": run.run_id,
        "organization": run.organization,
        "began_at": run.began_at,
        "outcome": outcome(run),
        "campaigns": None if summary is None else summary.campaigns,
        "due": None if summary is None else summary.due,
        "forecast_requests": run.forecast_requests,
        "forecast_error": run.forecast_error,
        "figures": None if run.figures is None else asdict(run.figures),
    }


def outcome(run: PastRun) -> str:
    """Return how a run ended, as far as it is known."""
    if run.figures is None:
        return "not dispatched" if run.summary is None else "dispatched"
    if run.figures.interrupted:
        return "interrupted"
    return f"{run.figures.failures:,} missing" if run.figures.failures else "complete"


def print_runs(console: Console, found: Sequence[PastRun]) -> None:
    """Print a line per run."""
    if not found:
        console.print("There was no run yet: sendtrail sync is one.", highlight=False)
        return
    table = Table(*COLUMNS, box=None, pad_edge=False)
    for run in found:
        table.add_row(f"{run.began_at:%Y-%m-%d %H:%M}", run.organization, *_cells(run), outcome(run))
    console.print(table)


def _cells(run: PastRun) -> list[str]:
    figures, due = run.figures, UNKNOWN if run.summary is None else f"{run.summary.due:,}"
    if figures is None:
        return [due, UNKNOWN, _forecast(run), UNKNOWN, UNKNOWN, UNKNOWN]
    return [
        due,
        f"{figures.requests:,}",
        _forecast(run),
        f"{figures.refused:,}",
        f"{figures.activities_new:,}",
        f"{figures.seconds:,.1f} s",
    ]


def _forecast(run: PastRun) -> str:
    if run.forecast_requests is None:
        return UNKNOWN
    off = "" if run.forecast_error is None else f" ({run.forecast_error:+,})"
    return f"{run.forecast_requests:,}{off}"
