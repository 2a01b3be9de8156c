"""`sendtrail runs`: the latest runs, and what they took."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from textwrap import shorten
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console

from sendtrail.activecampaign.http.account_words import printable
from sendtrail.cli.operate.backend import open_reader_backend
from sendtrail.cli.operate.recorded_runs import recorded_runs, with_recorded
from sendtrail.cli.options.expanded import expanded
from sendtrail.cli.options.operator_options import OperatorOptions
from sendtrail.cli.settings.operator_settings import OperatorSettings
from sendtrail.clock import SystemClock
from sendtrail.plurals import counted
from sendtrail.sync.runs.run_history import PastRun, Stage, past_runs

MEBIBYTE = 2**20
MAX_REASON = 120


@expanded
def runs(
    *,
    last: Annotated[int, typer.Option("--last", help="How many.", min=1, max=10_000)] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    options: OperatorOptions,
) -> None:
    """List the latest runs, the newest first: what was due, what it took, how far the forecast was off, how it ended.

    They are in the table `runs` of the warehouse. One that was killed is interrupted, and the next goes on with its
    work; of one that failed before it knew what is due, the reason is said. On Google Cloud, where many processes share
    the work of a run, the next run of the account records what it took: of the latest one it is known what was due and
    expected, and whether it has ended.

    Exit code: 0 when they are shown, 2 when an option or the file is wrong, 75 when the file changes too fast.
    """
    settings, clock = OperatorSettings.read(asdict(options)), SystemClock()
    with open_reader_backend(settings, clock=clock) as backend:
        names = backend.chosen(settings, every=settings.organization is None)
        known = past_runs(backend.state, names, last=last, is_shared=bool(settings.project))
    found = with_recorded(known, recorded_runs(settings, clock, names, last=last), last=last)
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
        "reason": run.reason if run.stage is Stage.FAILED else None,
        "campaigns": None if summary is None else summary.campaigns,
        "due": None if summary is None else summary.due,
        "forecast_requests": run.forecast_requests,
        "forecast_error": run.forecast_error,
        "figures": None if run.figures is None else asdict(run.figures),
    }


def outcome(run: PastRun) -> str:
    """Return how a run ended, as far as it is known."""
    if run.stage is not Stage.ENDED:
        return run.stage
    return f"{run.failures:,} missing" if run.failures else "complete"


def print_runs(console: Console, found: Sequence[PastRun]) -> None:
    """Print a line per run."""
    if not found:
        console.print("There was no run yet: sendtrail sync is one.", highlight=False)
        return
    for run in found:
        console.print(run_line(run), highlight=False, markup=False)


def run_line(run: PastRun) -> str:
    """Return a run in a line, which a narrow terminal wraps, where it cut the cells of a table."""
    figures = _in_few_words(run.reason) if run.stage is Stage.FAILED else ", ".join(_figures(run))
    return f"{run.began_at:%Y-%m-%d %H:%M} UTC  {run.organization}  {outcome(run)}{': ' if figures else ''}{figures}"


def _in_few_words(reason: str) -> str:
    """Return a reason without what to do about it, which `sendtrail failures` says."""
    return shorten(printable(reason).partition(";")[0], width=MAX_REASON, placeholder="...")


def _figures(run: PastRun) -> Iterator[str]:
    figures, forecast = run.figures, run.forecast_requests
    if run.summary is not None:
        yield f"{run.summary.due:,} due"
    if figures is None:
        if forecast is not None:
            yield f"{counted(forecast, 'request')} expected"
        return
    without = (
        f"{figures.requests - figures.contacts_requests:,} without contacts, " if figures.contacts_requests else ""
    )
    expected = "" if run.forecast_error is None else f" ({without}{forecast:,} expected)"
    yield f"{counted(figures.requests, 'request')}{expected}"
    if figures.refused:
        yield f"{counted(figures.refused, 'answer')} 429"
    if figures.retries:
        yield f"{figures.retries:,} tried again"
    yield f"{counted(figures.activities_new, 'new row')}"
    if figures.seconds is not None:
        yield f"{figures.seconds:,.1f} s"
    if figures.bytes_billed is not None:
        yield f"{figures.bytes_billed / MEBIBYTE:,.0f} MiB billed"
