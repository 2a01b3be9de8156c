"""`sendtrail attribution set`: how credit is given, for every view from then on."""

from datetime import datetime
from typing import Annotated
from uuid import uuid4

import typer
from rich.console import Console

from sendtrail.attribution_settings import checked_settings
from sendtrail.cli.conversions import LoadSettings
from sendtrail.cli.settings import checked_database
from sendtrail.clock import SystemClock
from sendtrail.local.warehouse import DuckDbWarehouse
from sendtrail.rows import Batch, Table, setting_row

app = typer.Typer(name="attribution", help="How conversions are credited to campaigns.", no_args_is_help=True)


@app.callback()
def _attribution() -> None:
    """How conversions are credited to campaigns."""


@app.command("set")
def set_(
    settings: Annotated[list[str], typer.Argument(help="Such as lookback_days=60.", metavar="NAME=VALUE...")],
    *,
    database: Annotated[str | None, typer.Option(help="The DuckDB file.", metavar="FILE", show_default=False)] = None,
    organization: Annotated[
        str | None, typer.Option(help="The account that it holds for.", metavar="NAME", show_default=False)
    ] = None,
) -> None:
    """Choose how credit is given; the views follow at once, and `attribution_parameters` shows what holds.

    lookback_days (default 30), include_opens (false), include_machine (false), first_percent and last_percent of
    position_based (40 and 40), half_life_days of time_decay (7).
    """
    chosen = checked_settings(settings)
    place = LoadSettings.read({"database": database, "organization": organization})
    with DuckDbWarehouse(checked_database(str(place.database)), dataset=place.dataset) as warehouse:
        warehouse.merge(_batch(chosen, place.organization, now=SystemClock().now()))
    for name, value in chosen.items():
        Console().print(f"{name} is {value} now.", highlight=False)


def _batch(chosen: dict[str, str], organization: str, *, now: datetime) -> Batch:
    return Batch(
        table=Table.ATTRIBUTION_SETTINGS,
        organization_id=organization,
        run_id="settings",
        subject="settings",
        sequence=1,
        number=0,
        delivery=uuid4().hex,
        rows=[setting_row(name, value, organization_id=organization, now=now) for name, value in chosen.items()],
    )
