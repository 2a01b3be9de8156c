"""`sendtrail query`: a first look at the data without another tool."""

import csv
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from functools import partial
from itertools import islice
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console
from rich.markup import escape
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from sendtrail.activecampaign.http.account_words import printable
from sendtrail.cli.copies.read_range import ranges_in
from sendtrail.cli.process.sentences import say
from sendtrail.cli.process.streams import ending_when_unread, write_data_as_utf8
from sendtrail.cli.settings.sync_settings import checked_database
from sendtrail.cli.settings.warehouse_settings import WarehouseSettings
from sendtrail.cli.warehouses import DATABASE, LOCATION, PROJECT, open_reader, place_of
from sendtrail.clock import Clock, SystemClock
from sendtrail.errors import Rejected, SettingsError
from sendtrail.local.copies.reading import open_to_read
from sendtrail.local.duckdb_reader import run_query
from sendtrail.warehouse.query_result import Query

# Wider than any terminal, in columns.
_UNBOUNDED = 100_000
_Print = Callable[[Sequence[str], Iterable[Sequence[Any]]], None]


def query(
    sql: Annotated[str, typer.Argument(help="A SELECT, in DuckDB's SQL or BigQuery's.", metavar="SQL")],
    *,
    database: Annotated[str | None, DATABASE] = None,
    project: Annotated[str | None, PROJECT] = None,
    location: Annotated[str | None, LOCATION] = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object per line.")] = False,
    vertical: Annotated[bool, typer.Option("--vertical", help="Print a line per value, for wide rows.")] = False,
    limit: Annotated[
        int | None,
        typer.Option(help="Print at most so many rows, and say so where there are more.", min=1, metavar="N"),
    ] = None,
) -> None:
    """Run a SELECT on a synced warehouse and print its rows; the warehouse cannot be changed this way.

    While a sync writes to the file, a copy of it is read, which takes as much space for that long.
    `sendtrail tables` lists what can be asked.

    Example: `sendtrail query "SELECT event_type, COUNT(*) FROM marketing_ai.email_activities GROUP BY ALL"`

    Exit code: 0 when the rows are printed, 2 when the query or the file is wrong, 75 when the file changes too fast,
    141 when whoever reads the rows, such as `head`, has gone before the last.
    """
    show = printer(as_csv=as_csv, as_json=as_json, vertical=vertical)
    settings = WarehouseSettings.read({"database": database, "project": project, "location": location})
    is_for_people = not as_csv and not as_json
    with ending_when_unread(), _opened(settings, SystemClock()) as (run_select, ranges), _as_settings_error():
        result = run_select(sql)
        show(result.columns, islice(result.rows, limit))
        if limit is not None and next(result.rows, None) is not None:
            typer.echo(f"There are more rows than the {limit:,} of --limit.", err=True)
        known = ranges() if is_for_people else {}
    if is_for_people:
        said = (f"{account}: {sentence}" for account, sentence in known.items())
        say(Console(stderr=True), f"Asked: {place_of(settings)}", *said)


@contextmanager
def _opened(settings: WarehouseSettings, clock: Clock) -> Iterator[tuple[Query, Callable[[], Mapping[str, str]]]]:
    """Open what runs the SELECT, and what says how far back the data of each account goes, which a file tells."""
    if settings.project:
        with open_reader(settings, clock) as run_select:
            yield run_select, dict
        return
    file = checked_database(str(settings.database))
    with open_to_read(file) as connection:
        yield (
            partial(run_query, connection, file),
            partial(ranges_in, connection, file, dataset=settings.dataset, clock=clock),
        )


def printer(*, as_csv: bool, as_json: bool, vertical: bool = False) -> _Print:
    """Return what prints columns and rows in the form that was asked for; raise SettingsError if two were."""
    if sum((as_csv, as_json, vertical)) > 1:
        raise SettingsError(["choose one of --csv, --json and --vertical"])
    return _print_csv if as_csv else _print_json if as_json else _print_vertical if vertical else _print_table


@contextmanager
def _as_settings_error() -> Iterator[None]:
    try:
        yield
    except Rejected as error:
        raise SettingsError([f"the query cannot be run: {error}"]) from error


def _print_csv(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    write_data_as_utf8()
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(columns)
    show = _shown if sys.stdout.isatty() else _cell
    writer.writerows([show(value) for value in row] for row in rows)


def _print_json(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    write_data_as_utf8()
    for row in rows:
        line = _json(dict(zip(columns, row, strict=True)))
        sys.stdout.write((printable(line) if sys.stdout.isatty() else line) + "\n")


def _print_table(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    table = Table(*(escape(printable(column)) for column in columns))  # text in brackets is not a style
    for row in rows:
        table.add_row(*(Text(_shown(value)) for value in row))
    console = Console()
    console.print(table)
    if Measurement.get(console, console.options.update(max_width=_UNBOUNDED), table).minimum > console.width:
        typer.echo("The columns do not fit beside one another: --vertical prints a line per value.", err=True)


def _print_vertical(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    names = [printable(column) for column in columns]
    width = max(map(len, names), default=0)
    for number, row in enumerate(rows, start=1):
        typer.echo(f"-- row {number}")
        for name, value in zip(names, row, strict=True):
            typer.echo(f"{name:<{width}}  {_shown(value)}".rstrip())


def _shown(value: Any) -> str:
    """Return a cell for a terminal: what the account's people typed may hold what commands it."""
    return "" if value is None else "\n".join(map(printable, str(_cell(value)).split("\n")))


def _cell(value: Any) -> Any:
    """Return a list or record as JSON, an exact number as a person writes it, and anything else as it is."""
    if isinstance(value, list | dict):
        return _json(value)
    return _text(value) if isinstance(value, Decimal) else value


def _json(value: Any) -> str:
    return orjson.dumps(value, default=_text).decode()


def _text(value: Any) -> str:
    """Return a value as text, an exact number without the trailing zeros that only DuckDB adds."""
    text = f"{value:f}" if isinstance(value, Decimal) else str(value)
    return text.rstrip("0").rstrip(".") if isinstance(value, Decimal) and "." in text else text
