"""Exports a dataset of BigQuery, which is asked first what that bills."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import typer

from sendtrail.cli.copies.export_request import ExportRequest, Manifest
from sendtrail.cli.settings.warehouse_settings import WarehouseSettings
from sendtrail.cli.warehouses import bigquery_of, place_of
from sendtrail.clock import Clock
from sendtrail.local.export.export import export_rows
from sendtrail.local.export.exported import Exported
from sendtrail.plurals import counted
from sendtrail.pricing.bigquery_bytes import TEBIBYTE
from sendtrail.pricing.query_price import query_price
from sendtrail.warehouse.relations import Relation

# As long as BigQuery lets a query run.
PATIENCE_S = 6 * 3600.0
# Beyond this many bytes a person is asked; without one, nothing is read.
UNASKED_BYTES = TEBIBYTE // 10


def export_project(
    request: ExportRequest, settings: WarehouseSettings, *, clock: Clock, is_agreed: bool, say: Callable[[str], None]
) -> Sequence[Exported]:
    """Write what is asked for of a dataset to files, and say before what BigQuery bills for it.

    Raise typer.Abort where a person does not agree, SettingsError where something is missing or cannot be read.
    """
    project = settings.project or ""
    with bigquery_of(project, settings, clock, patience_s=PATIENCE_S) as bigquery:
        source = bigquery.relation_reads(settings.dataset)
        reads = {each.relation.name: each for each in source.plan(request.relations)}
        billed = sum(each.max_bytes_billed for each in reads.values())
        say(_price_sentence(settings, number=len(reads), bytes_billed=billed))
        if billed > UNASKED_BYTES and not is_agreed:
            typer.confirm("Is it to be read?", abort=True)

        def read(relation: Relation) -> Iterator[Sequence[Mapping[str, Any]]]:
            rows = 0
            for page in source.pages(reads[relation.name]):
                rows += len(page)
                yield page
            say(f"  {relation.name}: {counted(rows, 'row')}")

        manifest = Manifest(
            source=f"{project}.{settings.dataset}",
            dataset=settings.dataset,
            form=request.form,
            written_at=clock.now(),
            ranges={},
        )
        return export_rows(
            request.folder, relations=request.relations, read=read, form=request.form, manifest=manifest.text
        )


def _price_sentence(settings: WarehouseSettings, *, number: int, bytes_billed: int) -> str:
    sources = counted(number, "table or view", "tables and views")
    return f"{place_of(settings)}: to read {sources}, BigQuery bills {query_price(bytes_billed, 'at most')}."
