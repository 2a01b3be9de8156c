"""`sendtrail report`: one HTML file that shows an account."""

import webbrowser
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Annotated, Any
from uuid import uuid4

import typer
from rich.console import Console

from sendtrail.cli.report_settings import ReportSettings
from sendtrail.cli.settings import checked_database
from sendtrail.clock import Clock, SystemClock
from sendtrail.errors import SettingsError
from sendtrail.local.snapshot import snapshot as snapshot_of
from sendtrail.report.payload import Occasion
from sendtrail.report.port import Snapshot
from sendtrail.report.reading import Source, choose_account, read_figures

PATIENCE_S = 600.0
MAXIMUM_BYTES_BILLED = 2**40 // 10  # a tenth of a TiB a statement


def _option(words: str, metavar: str) -> Any:
    return typer.Option(help=words, metavar=metavar, show_default=False)


def report(
    *,
    database: Annotated[str | None, _option("The DuckDB file. Default: sendtrail.duckdb.", "FILE")] = None,
    output: Annotated[str | None, _option("The file to write. Default: sendtrail-report.html.", "FILE")] = None,
    is_opened: Annotated[bool, typer.Option("--open", help="Show it in the browser.")] = False,
    model: Annotated[
        str | None,
        _option(
            "The model to begin with: first_touch, last_touch (default), linear, position_based, time_decay.", "NAME"
        ),
    ] = None,
    organization: Annotated[str | None, _option("The account, where there are several.", "NAME")] = None,
    dataset: Annotated[str | None, _option("What holds the tables. Default: marketing_ai.", "NAME")] = None,
    project: Annotated[
        str | None, _option("Read from BigQuery in this Google Cloud project instead of a file.", "ID")
    ] = None,
    location: Annotated[str | None, _option("Where the BigQuery dataset is. Default: US.", "NAME")] = None,
) -> None:
    """Write a report as one HTML file: which campaigns earned the most, what happened, and how far to trust it.

    The file needs no server and no network, and holds no e-mail addresses. Exit code: 0 when it is written.
    """
    options = {name: value for name, value in locals().items() if name != "is_opened"}
    file = write_report(ReportSettings.read(options), clock=SystemClock())
    Console().print(f"The report is in {file}", highlight=False, markup=False, soft_wrap=True)
    if is_opened:
        webbrowser.open(file.resolve().as_uri())


def write_report(settings: ReportSettings, *, clock: Clock) -> Path:
    """Write the report and return its file; raise SettingsError where there is nothing to read, or no place for it."""
    with _snapshot(settings, clock) as snapshot:
        account = choose_account(snapshot.query, dataset=settings.dataset, wanted=settings.organization)
        figures = read_figures(Source(snapshot=snapshot, organization=account))
    text = _page()(figures, Occasion(made_at=clock.now(), model=settings.model))
    try:
        settings.output.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise SettingsError([f"--output: {settings.output} cannot be written: {error.strerror}"]) from error
    return settings.output


def _page() -> Any:
    try:
        from sendtrail.report.document import page  # noqa: PLC0415  (an extra)
    except ImportError as error:
        raise SettingsError([f"the report needs an extra: pip install 'sendtrail[report]' ({error})"]) from None
    return page


def _snapshot(settings: ReportSettings, clock: Clock) -> AbstractContextManager[Snapshot]:
    if settings.project:
        return _bigquery(settings, clock)
    return snapshot_of(checked_database(str(settings.database)), dataset=settings.dataset)


def _bigquery(settings: ReportSettings, clock: Clock) -> AbstractContextManager[Snapshot]:
    try:
        from sendtrail.gcp.clients import bigquery_client  # noqa: PLC0415  (an extra)
        from sendtrail.gcp.jobs import Jobs  # noqa: PLC0415
        from sendtrail.gcp.reading import BigQueryReader  # noqa: PLC0415
        from sendtrail.gcp.snapshot import BigQuerySnapshot  # noqa: PLC0415
    except ImportError as error:
        raise SettingsError([f"BigQuery needs an extra: pip install 'sendtrail[gcp]' ({error})"]) from None
    client = bigquery_client(settings.project or "", location=settings.location, endpoint=settings.bigquery_endpoint)
    ends_at = clock.monotonic() + PATIENCE_S
    reader = BigQueryReader(
        client=client,
        jobs=Jobs(client, clock=clock, seconds_left=lambda: ends_at - clock.monotonic()),
        new_id=lambda: uuid4().hex,
        maximum_bytes_billed=MAXIMUM_BYTES_BILLED,
    )
    return BigQuerySnapshot(reader, dataset=settings.dataset)
