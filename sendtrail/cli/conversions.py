"""`sendtrail conversions load`: what the customers' users bought, from a CSV file."""

from datetime import datetime
from pathlib import Path
from typing import Annotated
from uuid import uuid4
from zoneinfo import ZoneInfo

import typer
from pydantic import AfterValidator
from rich.console import Console

from sendtrail.attribution.conversion_csv.fields import checked_currency
from sendtrail.attribution.conversion_csv.file import ConversionFile, Reading, read_conversions
from sendtrail.cli.settings.warehouse_settings import AccountSettings
from sendtrail.cli.warehouses import DATABASE, DATASET, LOCATION, PROJECT, open_writer, option
from sendtrail.clock import SystemClock
from sendtrail.domain.work_item import WorkItem
from sendtrail.warehouse.rows import Batch, Table, conversion_row

app = typer.Typer(
    name="conversions", help="What your users bought, signed up for or else did: bring it in.", no_args_is_help=True
)
Currency = Annotated[str, AfterValidator(checked_currency)]


class LoadSettings(AccountSettings):
    """Where conversions go and how their file is read: options first, then the environment, then `.env`."""

    time_zone: ZoneInfo | None = None
    currency: Currency | None = None
    kind: str = "conversion"
    encoding: str = "utf-8"

    @property
    def reading(self) -> Reading:
        """Return how the file is to be understood."""
        return Reading(encoding=self.encoding, time_zone=self.time_zone, currency=self.currency or "", kind=self.kind)


@app.command()
def load(  # noqa: PLR0913  (a parameter an option)
    file: Annotated[Path, typer.Argument(help="A CSV file whose first row names the columns.", metavar="FILE")],
    *,
    database: Annotated[str | None, DATABASE] = None,
    organization: Annotated[
        str | None, option("The account whose e-mails may have earned them. Default in a file: main.", "NAME")
    ] = None,
    time_zone: Annotated[
        str | None, option("Of times without one, such as Europe/Berlin; without it they are refused.", "ZONE")
    ] = None,
    currency: Annotated[str | None, option("Of values without one, such as EUR.", "CODE")] = None,
    kind: Annotated[str | None, option("Of conversions without one. Default: conversion.", "NAME")] = None,
    encoding: Annotated[
        str | None, option("Of a file that is not UTF-8, such as cp1252. Default: utf-8.", "NAME")
    ] = None,
    dataset: Annotated[str | None, DATASET] = None,
    project: Annotated[str | None, PROJECT] = None,
    location: Annotated[str | None, LOCATION] = None,
) -> None:
    """Bring a CSV file of conversions into a synced warehouse: all of it, or nothing where a line does not fit.

    Columns: conversion_id, converted_at, user_id or email (or both), and value, currency and kind as there are;
    order_id, customer_email, amount and the like are understood too. A conversion that is there already is brought up
    to the file, so loading a file again changes nothing.

    Exit code: 0 when all is in, 2 when a line does not fit; each is named.
    """
    settings = LoadSettings.read({name: value for name, value in locals().items() if name != "file"})
    read, clock = read_conversions(file, settings.reading), SystemClock()
    with open_writer(settings, clock) as warehouse:
        changed = warehouse.merge(_batch(read, settings.organization, now=clock.now()))
    _tell(Console(), read, changed=changed)


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


def _tell(console: Console, read: ConversionFile, *, changed: int) -> None:
    total = len(read.conversions)
    console.print(f"{total:,} conversions are in: {changed:,} new or changed, {total - changed:,} as they were.")
    if read.repeated:
        console.print(f"Rows that repeat another: {read.repeated:,}. Each conversion was taken once.")
    if read.ignored_columns:
        console.print(f"Columns not used: {', '.join(read.ignored_columns)}", markup=False, highlight=False)
