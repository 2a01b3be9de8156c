"""`sendtrail users load`: which of your users is which contact, from a CSV file."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from sendtrail.attribution.user_csv.user_file import read_users
from sendtrail.cli.load.row_batches import merge_rows
from sendtrail.cli.load.summary import (
    ignored_line,
    known_line,
    print_lines,
    print_skipped,
    repeated_line,
    withheld_line,
)
from sendtrail.cli.options.expanded import expanded
from sendtrail.cli.options.load_options import FileOptions
from sendtrail.cli.process.exit_codes import MISSING
from sendtrail.cli.settings.load_settings import UserLoadSettings
from sendtrail.cli.warehouses import open_writer
from sendtrail.clock import Clock, SystemClock
from sendtrail.plurals import counted
from sendtrail.warehouse.domain_rows import user_row
from sendtrail.warehouse.rows import Table

app = typer.Typer(name="users", help="Say which of your users is which contact.", no_args_is_help=True)


@app.command()
@expanded
def load(
    file: Annotated[Path, typer.Argument(help="A CSV file whose first row names the columns.", metavar="FILE")],
    *,
    options: FileOptions,
) -> None:
    """Load a CSV file of your users into a synced warehouse: all of it, or nothing where a row is wrong.

    Columns: user_id, email or contact_id (or both), and optionally valid_from; --map names any other column. A row per
    address. What is there already stays as it is: of two users with one contact or address, the one with the newer
    valid_from counts.

    Exit code: 0 when everything was loaded, 1 when rows were skipped with --skip-bad (named), 2 when a row or the
    account is wrong (named), 75 when another program has the file.
    """
    if load_users(file, UserLoadSettings.read(asdict(options)), clock=SystemClock()):
        raise typer.Exit(MISSING)


def load_users(path: Path, settings: UserLoadSettings, *, clock: Clock) -> int:
    """Merge the users of a file into the warehouse, print what it comes to, and return how many rows are bad."""
    with read_users(path, settings.reading) as file, open_writer(settings, clock) as to:
        rows = (user_row(user, organization_id=to.organization) for user in file.users())
        added = merge_rows(rows, to, table=Table.USERS, now=clock.now())
        total = sum(1 for _ in file.users())
        stored = total - to.withheld()
        print_lines(f"{counted(stored, 'row is', 'rows are')} in: {added:,} new, {stored - added:,} known before.")
        print_lines(
            *withheld_line(to.withheld()),
            *known_line(
                to,
                dataset=settings.dataset,
                total=total,
                count=lambda known: sum(map(known.include, file.users())),
            ),
            *repeated_line(file.repeated),
            *ignored_line(file.columns.ignored),
        )
        if file.problems.rows:
            print_skipped(file.problems)
        return file.problems.rows
