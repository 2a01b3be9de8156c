"""`sendtrail export`: tables and views as Parquet or CSV files, with a manifest."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from sendtrail.cli.copies.read_range import read_ranges
from sendtrail.cli.operate.history_request import printer
from sendtrail.cli.settings.sync_settings import checked_database
from sendtrail.cli.settings.warehouse_settings import WarehouseSettings
from sendtrail.cli.warehouses import DATABASE, DATASET, place_of
from sendtrail.clock import SystemClock
from sendtrail.errors import SettingsError
from sendtrail.local.export.export import export_to
from sendtrail.local.export.exported import MANIFEST_VERSION, Exported, Form, Relation, relations
from sendtrail.plurals import counted

FOLDER = typer.Argument(help="The folder to write; it must not be there yet.", metavar="DIR")
ONLY = typer.Option(help="Only this table or view; may be given again.", metavar="NAME", show_default=False)
_IN_GOOGLE_CLOUD = (
    "--project: BigQuery writes Parquet and CSV files itself (docs/runbook.md, Take the data along); name a file with"
    " --database"
)


def export(
    folder: Annotated[Path, FOLDER],
    *,
    parquet: Annotated[bool, typer.Option("--parquet", help="Write Parquet files.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Write CSV files.")] = False,
    tables_only: Annotated[bool, typer.Option("--tables-only", help="Leave out the views.")] = False,
    only: Annotated[list[str] | None, ONLY] = None,
    database: Annotated[str | None, DATABASE] = None,
    dataset: Annotated[str | None, DATASET] = None,
) -> None:
    """Write every table and view to files in a new folder, also while a sync runs; activities by account and month.

    `manifest.json` names each file with its hash, the rows, and what each column means. The folder appears when all
    of it is there and was read back.

    Exit code: 0 when it is written, 2 when an option or a file is wrong, 75 when the file changes too fast.
    """
    settings = WarehouseSettings.read({"database": database, "dataset": dataset})
    if settings.project:
        raise SettingsError([_IN_GOOGLE_CLOUD])
    form = _form(parquet=parquet, as_csv=as_csv)
    wanted = chosen(list(relations()), only=only or (), tables_only=tables_only)
    file, clock, say = checked_database(str(settings.database)), SystemClock(), printer()
    ranges = read_ranges(file, dataset=settings.dataset, clock=clock)
    head = {
        "manifest_version": MANIFEST_VERSION,
        "sendtrail_version": version("sendtrail"),
        "written_at": clock.now().isoformat(),
        "source": str(file.absolute()),
        "dataset": settings.dataset,
        "form": str(form),
        "read_so_far": ranges,
    }
    written = export_to(
        folder,
        database=file,
        dataset=settings.dataset,
        relations=wanted,
        form=form,
        manifest=lambda exported: manifest(head, exported),
    )
    files, rows = sum(len(each.files) for each in written), sum(each.rows for each in written)
    sources = counted(len(written), "table or view", "tables and views")
    say(f"{place_of(settings)}: {counted(rows, 'row')} of {sources}, in")
    say(f"{folder.absolute()} ({counted(files, f'{form} file')}, and manifest.json)")
    for name, sentence in ranges.items():
        say(f"{name}: {sentence}")


def chosen(known: Sequence[Relation], *, only: Sequence[str], tables_only: bool) -> Sequence[Relation]:
    """Return the relations that were asked for; raise SettingsError for a name that is none."""
    unknown = sorted(set(only) - {each.name for each in known})
    if unknown:
        raise SettingsError([f"--only: there is no {name}: `sendtrail tables` lists what there is" for name in unknown])
    return [each for each in known if (each.name in only if only else not (tables_only and each.is_view))]


def manifest(head: Mapping[str, Any], exported: Sequence[Exported]) -> str:
    """Return the manifest; its keys stay as they are in later versions."""
    tables = [_entry(each) for each in exported]
    return orjson.dumps({**head, "tables": tables}, option=orjson.OPT_INDENT_2).decode() + "\n"


def _entry(exported: Exported) -> Mapping[str, Any]:
    relation = exported.relation
    return {
        "name": relation.name,
        "kind": "view" if relation.is_view else "table",
        "description": relation.description,
        "rows": exported.rows,
        "columns": [asdict(column) for column in relation.columns],
        "files": [asdict(file) for file in exported.files],
    }


def _form(*, parquet: bool, as_csv: bool) -> Form:
    if parquet == as_csv:
        raise SettingsError(["choose one of --parquet and --csv"])
    return Form.PARQUET if parquet else Form.CSV
