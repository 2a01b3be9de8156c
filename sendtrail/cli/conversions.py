"""`sendtrail conversions load`: what your users bought, from a CSV file."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from sendtrail.attribution.conversion_csv.file import read_conversions
from sendtrail.attribution.conversion_csv.totals import Totals
from sendtrail.cli.load.conversion_tally import of_known, tallied, totals_lines
from sendtrail.cli.load.row_batches import merge_rows
from sendtrail.cli.load.summary import (
    ignored_line,
    known_line,
    left_out_line,
    print_lines,
    print_skipped,
    repeated_line,
    withheld_line,
)
from sendtrail.cli.options.expanded import expanded
from sendtrail.cli.options.load_options import LoadOptions
from sendtrail.cli.process.exit_codes import MISSING
from sendtrail.cli.settings.load_settings import LoadSettings
from sendtrail.cli.warehouses import open_writer
from sendtrail.clock import Clock, SystemClock
from sendtrail.plurals import counted
from sendtrail.warehouse.domain_rows import conversion_row
from sendtrail.warehouse.rows import Table

app = typer.Typer(name="conversions", help="Bring in what your users bought or signed up for.", no_args_is_help=True)


@app.command()
@expanded
def load(
    file: Annotated[Path, typer.Argument(help="A CSV file whose first row names the columns.", metavar="FILE")],
    *,
    options: LoadOptions,
) -> None:
    """Load a CSV file of conversions into a synced warehouse: all of it, or nothing where a row is wrong.

    Columns: conversion_id, converted_at, user_id or email (or both), value, currency, kind and refund_of; order_id,
    customer_email, amount and the like are understood too, --from knows the exports of shops, and --map names any
    other column. A conversion that is already there is replaced, so loading a file again changes nothing.

    Exit code: 0 when everything was loaded, 1 when rows were skipped with --skip-bad (named), 2 when a row or the
    account is wrong (named), 75 when another program has the file.
    """
    if load_conversions(file, LoadSettings.read(asdict(options)), clock=SystemClock()):
        raise typer.Exit(MISSING)


def load_conversions(path: Path, settings: LoadSettings, *, clock: Clock) -> int:
    """Merge the conversions of a file into the warehouse, print what it comes to, and return how many rows are bad."""
    with read_conversions(path, settings.reading) as file, open_writer(settings, clock) as to:
        now, totals = clock.now(), Totals()
        conversions = tallied(file.conversions(), totals)
        rows = (conversion_row(each, organization_id=to.organization, now=now) for each in conversions)
        changed = merge_rows(rows, to, table=Table.CONVERSIONS, now=now)
        stored = totals.count - to.withheld()
        stored_ones = counted(stored, "conversion is", "conversions are")
        print_lines(f"{stored_ones} in: {changed:,} new or changed, {stored - changed:,} unchanged.")
        print_lines(
            *withheld_line(to.withheld()),
            *known_line(
                to,
                dataset=settings.dataset,
                total=totals.conversions,
                count=lambda known: of_known(file.conversions(), known),
            ),
            *totals_lines(totals, zone=settings.reading.zone, now=now),
            *left_out_line(file.left_out),
            *repeated_line(file.repeated),
            *([] if settings.shop else ignored_line(file.columns.ignored)),
        )
        if file.problems.rows:
            print_skipped(file.problems)
        return file.problems.rows
