"""`sendtrail conversions load`: what your users bought, from a CSV file."""

from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal
from uuid import uuid4
from zoneinfo import ZoneInfo

import typer
from pydantic import AfterValidator
from rich.console import Console

from sendtrail.attribution.conversion_csv.fields import checked_currency
from sendtrail.attribution.conversion_csv.file import ConversionFile, Reading, read_conversions
from sendtrail.cli.options.expanded import expanded
from sendtrail.cli.options.warehouse_options import WarehouseOptions
from sendtrail.cli.settings.warehouse_settings import AccountSettings
from sendtrail.cli.warehouses import NEW_ORGANIZATION, open_writer, option
from sendtrail.clock import Clock, SystemClock
from sendtrail.domain.work_item import WorkItem
from sendtrail.warehouse.rows import Batch, Table, conversion_row

app = typer.Typer(name="conversions", help="Bring in what your users bought or signed up for.", no_args_is_help=True)
Currency = Annotated[str, AfterValidator(checked_currency)]


class LoadSettings(AccountSettings):
    """Where conversions are stored and how their file is read: options first, then the environment, then `.env`."""

    time_zone: ZoneInfo | None = None
    currency: Currency | None = None
    kind: str = "conversion"
    encoding: str = "utf-8"
    negative_values: Literal["refuse", "apart"] = "refuse"

    @property
    def reading(self) -> Reading:
        """Return how the file is to be understood."""
        return Reading(
            encoding=self.encoding,
            time_zone=self.time_zone,
            currency=self.currency or "",
            kind=self.kind,
            counted_apart=self.negative_values == "apart",
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class LoadOptions(WarehouseOptions):
    """Where conversions are stored, and what their file leaves unsaid."""

    organization: Annotated[
        str | None,
        option("The account whose e-mails may have earned them. Default in a file: the only one in it.", "NAME"),
    ] = None
    new_organization: Annotated[bool | None, NEW_ORGANIZATION] = None
    time_zone: Annotated[
        str | None,
        option("The time zone of times without one, such as Europe/Berlin; without it they are refused.", "ZONE"),
    ] = None
    currency: Annotated[str | None, option("The currency of values without one, such as EUR.", "CODE")] = None
    kind: Annotated[str | None, option("The kind of conversions without one. Default: conversion.", "NAME")] = None
    encoding: Annotated[
        str | None, option("The encoding of a file that is not UTF-8, such as cp1252. Default: utf-8.", "NAME")
    ] = None
    negative_values: Annotated[
        str | None,
        option("Values below zero that refund no named conversion: refuse, or apart. Default: refuse.", "refuse|apart"),
    ] = None


@app.command()
@expanded
def load(
    file: Annotated[Path, typer.Argument(help="A CSV file whose first row names the columns.", metavar="FILE")],
    *,
    options: LoadOptions,
) -> None:
    """Load a CSV file of conversions into a synced warehouse: all of it, or nothing where a line is wrong.

    Columns: conversion_id, converted_at, user_id or email (or both), and optionally value, currency, kind and
    refund_of; order_id, customer_email, amount and the like are understood too. A conversion that is already there is
    replaced, so loading a file again changes nothing.

    Exit code: 0 when everything was loaded, 2 when a line or the account is wrong (named), 75 when another program has
    the file.
    """
    load_conversions(file, LoadSettings.read(asdict(options)), clock=SystemClock())


def load_conversions(file: Path, settings: LoadSettings, *, clock: Clock) -> None:
    """Merge the conversions of a file into the warehouse, and print how many changed."""
    read = read_conversions(file, settings.reading)
    with open_writer(settings, clock) as (warehouse, organization):
        changed = warehouse.merge(_batch(read, organization, now=clock.now()))
    _print_result(Console(), read, changed=changed)


def _batch(read: ConversionFile, organization: str, *, now: datetime) -> Batch:
    return Batch(
        item=WorkItem(
            organization_id=organization,
            run_id=f"{now:%Y%m%dT%H%M%SZ}-{uuid4().hex[:8]}",
            subject="conversions",
            sequence=1,
        ),
        table=Table.CONVERSIONS,
        number=0,
        delivery=uuid4().hex,
        rows=[conversion_row(each, organization_id=organization, now=now) for each in read.conversions],
    )


def _print_result(console: Console, read: ConversionFile, *, changed: int) -> None:
    total = len(read.conversions)
    console.print(f"{total:,} conversions are in: {changed:,} new or changed, {total - changed:,} as they were.")
    if read.repeated:
        console.print(f"Rows that repeat another: {read.repeated:,}. Each conversion was taken once.")
    if read.ignored_columns:
        console.print(f"Columns not used: {', '.join(read.ignored_columns)}", markup=False, highlight=False)
