"""`sendtrail tables`: what can be asked, and where it is."""

from collections.abc import Iterator, Sequence
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from sendtrail.cli.copies.read_range import read_ranges
from sendtrail.cli.operate.history_request import printer
from sendtrail.cli.settings.warehouse_settings import WarehouseSettings
from sendtrail.cli.warehouses import DATABASE, DATASET, PROJECT, place_of
from sendtrail.clock import SystemClock
from sendtrail.errors import SettingsError
from sendtrail.warehouse.relations import Relation, relations

NAME = typer.Argument(help="A table or view, to see its columns.", metavar="[NAME]", show_default=False)


def tables(
    name: Annotated[str | None, NAME] = None,
    *,
    database: Annotated[str | None, DATABASE] = None,
    dataset: Annotated[str | None, DATASET] = None,
    project: Annotated[str | None, PROJECT] = None,
) -> None:
    """List the tables and views with what a row of each is; or the columns of one.

    Exit code: 0 when they are listed, 2 when an option or the name is wrong.
    """
    settings = WarehouseSettings.read({"database": database, "dataset": dataset, "project": project})
    known, say = list(relations()), printer()
    if name is None:
        _print([("table or view", "what it is"), *((each.name, each.description) for each in known)])
    else:
        _print([("column", "type", "what it is"), *_columns(_named(known, name.rpartition(".")[2]))])
    say(f"They are in {place_of(settings)}.")
    if settings.project or not settings.database.is_file():
        return
    for account, sentence in read_ranges(settings.database, dataset=settings.dataset, clock=SystemClock()).items():
        say(f"{account}: {sentence}")


def _columns(relation: Relation) -> Iterator[tuple[str, ...]]:
    for column in relation.columns:
        yield column.name, column.type.lower() + (" list" if column.mode == "REPEATED" else ""), column.description


def _named(known: Sequence[Relation], name: str) -> Relation:
    for each in known:
        if each.name == name:
            return each
    raise SettingsError([f"NAME: there is no table or view {name}: `sendtrail tables` lists what there is"])


def _print(rows: Sequence[tuple[str, ...]]) -> None:
    head, *body = rows
    table = Table(*head[:-1], box=None, pad_edge=False)
    for column in table.columns:
        column.no_wrap = True
    table.add_column(head[-1], ratio=1)
    for row in body:
        table.add_row(*row)
    Console().print(table, markup=False, highlight=False)
