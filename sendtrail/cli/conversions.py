"""`sendtrail conversions load`: what the customers' users bought, from a CSV file."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Self
from uuid import uuid4
from zoneinfo import ZoneInfo

import typer
from pydantic import AfterValidator, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict
from rich.console import Console

from sendtrail.cli.settings import checked_database
from sendtrail.clock import SystemClock
from sendtrail.conversion_csv.fields import checked_currency
from sendtrail.conversion_csv.file import ConversionFile, Reading, read_conversions
from sendtrail.errors import SettingsError
from sendtrail.local.warehouse import DuckDbWarehouse
from sendtrail.messages import OrganizationId
from sendtrail.rows import Batch, Table, conversion_row

app = typer.Typer(
    name="conversions", help="What your users bought, signed up for or else did: bring it in.", no_args_is_help=True
)
Currency = Annotated[str, AfterValidator(checked_currency)]


class LoadSettings(BaseSettings):
    """Where conversions go and how their file is read: options first, then the environment, then `.env`."""

    model_config = SettingsConfigDict(
        env_prefix="SENDTRAIL_", env_file=".env", extra="ignore", frozen=True, env_ignore_empty=True
    )

    database: Path = Path("sendtrail.duckdb")
    dataset: str = "marketing_ai"
    organization: OrganizationId = "main"
    time_zone: ZoneInfo | None = None
    currency: Currency | None = None
    kind: str = "conversion"
    encoding: str = "utf-8"

    @classmethod
    def read(cls, options: dict[str, Any]) -> Self:
        """Return the settings; raise SettingsError with every problem there is."""
        try:
            return cls(**{name: value for name, value in options.items() if value is not None})
        except ValidationError as error:
            raise SettingsError([_sentence(problem) for problem in error.errors(include_input=False)]) from None

    @property
    def reading(self) -> Reading:
        """Return how the file is to be understood."""
        return Reading(encoding=self.encoding, time_zone=self.time_zone, currency=self.currency or "", kind=self.kind)


def _option(words: str, metavar: str) -> Any:
    return typer.Option(help=words, metavar=metavar, show_default=False)


@app.command()
def load(
    file: Annotated[Path, typer.Argument(help="A CSV file whose first row names the columns.", metavar="FILE")],
    *,
    database: Annotated[str | None, _option("The DuckDB file. Default: sendtrail.duckdb.", "FILE")] = None,
    organization: Annotated[
        str | None, _option("The account whose e-mails may have earned them. Default: main.", "NAME")
    ] = None,
    time_zone: Annotated[
        str | None, _option("Of times without one, such as Europe/Berlin; without it they are refused.", "ZONE")
    ] = None,
    currency: Annotated[str | None, _option("Of values without one, such as EUR.", "CODE")] = None,
    kind: Annotated[str | None, _option("Of conversions without one. Default: conversion.", "NAME")] = None,
    encoding: Annotated[
        str | None, _option("Of a file that is not UTF-8, such as cp1252. Default: utf-8.", "NAME")
    ] = None,
) -> None:
    """Bring a CSV file of conversions into a synced database: all of it, or nothing where a line does not fit.

    Columns: conversion_id, converted_at, user_id or email (or both), and value, currency and kind as there are;
    order_id, customer_email, amount and the like are understood too. A conversion that is there already is brought up
    to the file, so loading a file again changes nothing.

    Exit code: 0 when all is in, 2 when a line does not fit; each is named.
    """
    settings = LoadSettings.read({name: value for name, value in locals().items() if name != "file"})
    path = checked_database(str(settings.database))
    read = read_conversions(file, settings.reading)
    with DuckDbWarehouse(path, dataset=settings.dataset) as warehouse:
        changed = warehouse.merge(_batch(read, settings.organization, now=SystemClock().now()))
    _tell(Console(), read, changed=changed)


def _batch(read: ConversionFile, organization: str, *, now: datetime) -> Batch:
    return Batch(
        table=Table.CONVERSIONS,
        organization_id=organization,
        run_id=f"{now:%Y%m%dT%H%M%SZ}-{uuid4().hex[:8]}",
        subject="conversions",
        sequence=1,
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


def _sentence(problem: Any) -> str:
    return f"--{str(problem['loc'][0]).replace('_', '-')}: {problem['msg'].removeprefix('Value error, ')}"
