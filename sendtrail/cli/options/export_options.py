"""The options of `sendtrail export`: from where, what of it, and in which form."""

from dataclasses import dataclass
from typing import Annotated

import typer

from sendtrail.cli.options.warehouse_options import WarehouseOptions

ONLY = typer.Option(help="Only this table or view; may be given again.", metavar="NAME", show_default=False)
YES = typer.Option("--yes", help="Do not ask, whatever BigQuery bills.", show_default=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class ExportOptions(WarehouseOptions):
    """The warehouse, some of its tables and views or all, and one of two forms."""

    parquet: Annotated[bool, typer.Option("--parquet", help="Write Parquet files.")] = False
    as_csv: Annotated[bool, typer.Option("--csv", help="Write CSV files.")] = False
    tables_only: Annotated[bool, typer.Option("--tables-only", help="Leave out the views.")] = False
    only: Annotated[list[str] | None, ONLY] = None
    yes: Annotated[bool, YES] = False
