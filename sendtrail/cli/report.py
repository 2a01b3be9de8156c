"""`sendtrail report`: one HTML file that shows an account."""

import webbrowser
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from sendtrail.cli.extras import require
from sendtrail.cli.settings.report_settings import ReportSettings
from sendtrail.cli.warehouses import DATABASE, DATASET, LOCATION, PROJECT, option, snapshot_of
from sendtrail.clock import Clock, SystemClock
from sendtrail.errors import SettingsError
from sendtrail.report.payload import ReportContext
from sendtrail.report.reading import choose_account, read_figures


def report(
    *,
    database: Annotated[str | None, DATABASE] = None,
    output: Annotated[str | None, option("The file to write. Default: sendtrail-report.html.", "FILE")] = None,
    is_opened: Annotated[bool, typer.Option("--open", help="Open it in the browser.")] = False,
    model: Annotated[
        str | None,
        option(
            "The model to show first: first_touch, last_touch (default), linear, position_based, time_decay.", "NAME"
        ),
    ] = None,
    organization: Annotated[str | None, option("The account, if there are several.", "NAME")] = None,
    dataset: Annotated[str | None, DATASET] = None,
    project: Annotated[str | None, PROJECT] = None,
    location: Annotated[str | None, LOCATION] = None,
) -> None:
    """Write a report as one HTML file: which campaigns earned the most, what happened, and how reliable the data is.

    The file needs no server and no network, and contains no e-mail addresses. Exit code: 0 when it is written, 2
    when an option or the file is wrong, 75 when another program has the file.
    """
    options = {name: value for name, value in locals().items() if name != "is_opened"}
    file = write_report(ReportSettings.read(options), clock=SystemClock())
    Console().print(f"The report is in {file.absolute()}", highlight=False, markup=False, soft_wrap=True)
    if is_opened:
        webbrowser.open(file.resolve().as_uri())


def write_report(settings: ReportSettings, *, clock: Clock) -> Path:
    """Write the report and return its file; raise SettingsError if there is nothing to read or it cannot be written."""
    with snapshot_of(settings, clock) as snapshot:
        account = choose_account(snapshot.query, dataset=settings.dataset, asked=settings.organization)
        figures = read_figures(snapshot, organization=account)
    text = _page()(figures, ReportContext(made_at=clock.now(), model=settings.model))
    try:
        settings.output.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise SettingsError([f"--output: {settings.output} cannot be written: {error.strerror}"]) from error
    return settings.output


def _page() -> Any:
    require("report")
    from sendtrail.report.document import page  # noqa: PLC0415  (an extra)

    return page
