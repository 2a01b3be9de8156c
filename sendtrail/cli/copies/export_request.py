"""What an export is to hold, and the manifest that says what it does hold."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import orjson

from sendtrail.cli.options.export_options import ExportOptions
from sendtrail.errors import SettingsError
from sendtrail.local.copies.new_file import ensure_free
from sendtrail.local.export.exported import MANIFEST_VERSION, Exported, Form
from sendtrail.warehouse.relations import Relation, relations


@dataclass(frozen=True, kw_only=True, slots=True)
class ExportRequest:
    """Tables and views, the form of their files, and the folder that is to appear with them."""

    folder: Path
    relations: Sequence[Relation]
    form: Form


def export_request(folder: Path, options: ExportOptions) -> ExportRequest:
    """Return what is asked for; raise SettingsError where that is not clear, or the folder is there already."""
    form = _form(parquet=options.parquet, as_csv=options.as_csv)
    wanted = chosen(list(relations()), only=options.only or (), tables_only=options.tables_only)
    ensure_free(folder)
    return ExportRequest(folder=folder, relations=wanted, form=form)


def chosen(known: Sequence[Relation], *, only: Sequence[str], tables_only: bool) -> Sequence[Relation]:
    """Return the relations that were asked for; raise SettingsError for a name that is none."""
    unknown = sorted(set(only) - {each.name for each in known})
    if unknown:
        raise SettingsError([f"--only: there is no {name}: `sendtrail tables` lists what there is" for name in unknown])
    return [each for each in known if (each.name in only if only else not (tables_only and each.is_view))]


@dataclass(frozen=True, kw_only=True, slots=True)
class Manifest:
    """What the manifest says besides the files: where the rows are from, and how far back those of each account go."""

    source: str
    dataset: str
    form: Form
    written_at: datetime
    ranges: Mapping[str, str]

    def text(self, exported: Sequence[Exported]) -> str:
        """Return the manifest; its keys stay as they are in later versions."""
        content = {
            "manifest_version": MANIFEST_VERSION,
            "sendtrail_version": version("sendtrail"),
            "written_at": self.written_at.isoformat(),
            "source": self.source,
            "dataset": self.dataset,
            "form": str(self.form),
            "read_so_far": self.ranges,
            "tables": [_entry(each) for each in exported],
        }
        return orjson.dumps(content, option=orjson.OPT_INDENT_2).decode() + "\n"


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
