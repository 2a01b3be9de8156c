"""`sendtrail attribution set`: how credit is given, for every view from then on."""

from datetime import datetime
from typing import Annotated
from uuid import uuid4

import typer
from rich.console import Console

from sendtrail.attribution.settings import checked_settings
from sendtrail.cli.settings.warehouse_settings import AccountSettings
from sendtrail.cli.warehouses import DATABASE, DATASET, LOCATION, PROJECT, open_writer, option
from sendtrail.clock import SystemClock
from sendtrail.domain.work_item import WorkItem
from sendtrail.warehouse.rows import Batch, Table, setting_row

app = typer.Typer(name="attribution", help="How conversions are credited to campaigns.", no_args_is_help=True)


@app.callback()
def _attribution() -> None:
    """How conversions are credited to campaigns."""


@app.command("set")
def set_(
    settings: Annotated[list[str], typer.Argument(help="Such as lookback_days=60.", metavar="NAME=VALUE...")],
    *,
    database: Annotated[str | None, DATABASE] = None,
    organization: Annotated[str | None, option("The account it holds for. Default in a file: main.", "NAME")] = None,
    dataset: Annotated[str | None, DATASET] = None,
    project: Annotated[str | None, PROJECT] = None,
    location: Annotated[str | None, LOCATION] = None,
) -> None:
    """Choose how credit is given; the views follow at once, and `attribution_parameters` shows what holds.

    lookback_days (default 30), include_opens (false), include_machine (false), first_percent and last_percent of
    position_based (40 and 40), half_life_days of time_decay (7).
    """
    place = AccountSettings.read({name: value for name, value in locals().items() if name != "settings"})
    chosen, clock = checked_settings(settings), SystemClock()
    with open_writer(place, clock) as warehouse:
        warehouse.merge(_batch(chosen, place.organization, now=clock.now()))
    for name, value in chosen.items():
        Console().print(f"{name} is {value} now.", highlight=False)


def _batch(chosen: dict[str, str], organization: str, *, now: datetime) -> Batch:
    return Batch(
        item=WorkItem(organization_id=organization, run_id="settings", subject="settings", sequence=1),
        table=Table.ATTRIBUTION_SETTINGS,
        number=0,
        delivery=uuid4().hex,
        rows=[setting_row(name, value, organization_id=organization, now=now) for name, value in chosen.items()],
    )
