"""`sendtrail export`: tables and views as Parquet or CSV files, with a manifest."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from sendtrail.cli.copies.export_request import ExportRequest, Manifest, export_request
from sendtrail.cli.copies.project_export import export_project
from sendtrail.cli.copies.read_range import read_ranges
from sendtrail.cli.operate.history_request import printer
from sendtrail.cli.options.expanded import expanded
from sendtrail.cli.options.export_options import ExportOptions
from sendtrail.cli.settings.sync_settings import checked_database
from sendtrail.cli.settings.warehouse_settings import WarehouseSettings
from sendtrail.cli.warehouses import place_of
from sendtrail.clock import SystemClock
from sendtrail.local.export.export import export_to
from sendtrail.local.export.exported import Exported
from sendtrail.plurals import counted

FOLDER = typer.Argument(help="The folder to write; it must not be there yet.", metavar="DIR")


@expanded
def export(folder: Annotated[Path, FOLDER], *, options: ExportOptions) -> None:
    """Write every table and view to files in a new folder, also while a sync runs; activities by account and month.

    `manifest.json` names each file with its hash, the rows, and what each column means. The folder appears when all
    of it is there and was read back. From BigQuery: what that bills is said first, and asked about where it is more
    than a tenth of a TiB.

    Exit code: 0 when it is written, 1 when the answer is no, 2 when an option or a file is wrong, 75 when the file
    changes too fast, or BigQuery does not answer.
    """
    settings = WarehouseSettings.read(asdict(options))
    request, clock, say = export_request(folder, options), SystemClock(), printer()
    ranges: Mapping[str, str] = {}
    if settings.project:
        exported = export_project(request, settings, clock=clock, is_agreed=options.yes, say=say)
    else:
        file = checked_database(str(settings.database))
        ranges = read_ranges(file, dataset=settings.dataset, clock=clock)
        exported = _export_file(request, file, dataset=settings.dataset, ranges=ranges, now=clock.now())
    files, rows = sum(len(each.files) for each in exported), sum(each.rows for each in exported)
    sources = counted(len(exported), "table or view", "tables and views")
    say(f"{place_of(settings)}: {counted(rows, 'row')} of {sources}, in")
    say(f"{folder.absolute()} ({counted(files, f'{request.form} file')}, and manifest.json)")
    for name, sentence in ranges.items():
        say(f"{name}: {sentence}")


def _export_file(
    request: ExportRequest, file: Path, *, dataset: str, ranges: Mapping[str, str], now: datetime
) -> Sequence[Exported]:
    manifest = Manifest(source=str(file.absolute()), dataset=dataset, form=request.form, written_at=now, ranges=ranges)
    return export_to(
        request.folder,
        database=file,
        dataset=dataset,
        relations=request.relations,
        form=request.form,
        manifest=manifest.text,
    )
