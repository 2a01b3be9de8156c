"""`sendtrail query`: a first look at the data without another tool."""

import csv
import sys
from collections.abc import Iterable, Sequence
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console
from rich.table import Table

from sendtrail.cli.settings import checked_database
from sendtrail.errors import SettingsError
from sendtrail.local.reading import read_only


def query(
    sql: Annotated[str, typer.Argument(help="A SELECT in DuckDB's SQL.", metavar="SQL")],
    *,
    database: Annotated[
        str, typer.Option(help="The DuckDB file.", metavar="FILE", envvar="SENDTRAIL_DATABASE")
    ] = "sendtrail.duckdb",
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON object a line.")] = False,
) -> None:
    """Print what a SELECT finds in a synced database, which it cannot change.

    Example: `sendtrail query "SELECT event_type, COUNT(*) FROM marketing_ai.email_activities GROUP BY ALL"`
    """
    if as_csv and as_json:
        raise SettingsError(["choose one of --csv and --json"])
    with read_only(checked_database(database)) as look:
        result = look(sql)
        if as_csv:
            _print_csv(result.columns, result.rows)
        elif as_json:
            _print_json(result.columns, result.rows)
        else:
            _print_table(result.columns, result.rows)


def _print_csv(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)


def _print_json(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    for row in rows:
        line = orjson.dumps(dict(zip(columns, row, strict=True)), default=str)
        sys.stdout.write(line.decode() + "\n")


def _print_table(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    table = Table(*columns)
    for row in rows:
        table.add_row(*("" if value is None else str(value) for value in row))
    Console().print(table)
