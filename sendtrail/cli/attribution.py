"""`sendtrail attribution`: how credit is given, in every view from then on, and what the paths themselves suggest."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Annotated
from uuid import uuid4

import typer
from rich.console import Console

from sendtrail.attribution.settings import checked_settings
from sendtrail.cli.data_driven.command import data_driven
from sendtrail.cli.load.setting_effects import effect_lines
from sendtrail.cli.load.summary import print_lines
from sendtrail.cli.options.expanded import expanded
from sendtrail.cli.options.warehouse_options import WarehouseOptions
from sendtrail.cli.settings.warehouse_settings import AccountSettings
from sendtrail.cli.warehouses import NEW_ORGANIZATION, open_writer, option
from sendtrail.clock import SystemClock
from sendtrail.domain.work_item import WorkItem
from sendtrail.warehouse.domain_rows import setting_row
from sendtrail.warehouse.rows import Batch, Table

app = typer.Typer(name="attribution", help="How conversions are credited to campaigns.", no_args_is_help=True)


@app.callback()
def _attribution() -> None:
    """How conversions are credited to campaigns."""


app.command("data-driven")(data_driven)


@dataclass(frozen=True, kw_only=True, slots=True)
class SetOptions(WarehouseOptions):
    """Where settings are stored, and for which account."""

    organization: Annotated[
        str | None, option("The account they apply to. Default in a file: the only one in it.", "NAME")
    ] = None
    new_organization: Annotated[bool | None, NEW_ORGANIZATION] = None


@app.command("set")
@expanded
def set_(
    settings: Annotated[list[str], typer.Argument(help="Such as lookback_days=60.", metavar="NAME=VALUE...")],
    *,
    options: SetOptions,
) -> None:
    """Choose how credit is given; the views follow at once, and `attribution_parameters` shows what is set.

    lookback_days (default 30), include_opens (false), include_machine (false), first_percent and last_percent of
    position_based (40 and 40), half_life_days of time_decay (7); reporting_time_zone of days and months (UTC); and
    honeypot_links, what the addresses of links have in them that no person sees; and who is held out, for
    `holdout_lift`: holdout_list or holdout_tag, holdout_drawn_from, holdout_from and holdout_until.

    Exit code: 0 when it is set, 2 when a setting or the account is wrong, 75 when another program has the file.
    """
    place = AccountSettings.read(asdict(options))
    chosen, clock = checked_settings(settings), SystemClock()
    with open_writer(place, clock) as to:
        to.warehouse.merge(_batch(chosen, to.organization, now=clock.now()))
        effects = effect_lines(to, chosen, dataset=place.dataset)
    for name, value in chosen.items():
        Console().print(f"{name} is {value} now.", highlight=False, markup=False)
    print_lines(*effects)


def _batch(chosen: dict[str, str], organization: str, *, now: datetime) -> Batch:
    return Batch(
        item=WorkItem(organization_id=organization, run_id="settings", subject="settings", sequence=1),
        table=Table.ATTRIBUTION_SETTINGS,
        number=0,
        delivery=uuid4().hex,
        rows=[setting_row(name, value, organization_id=organization, now=now) for name, value in chosen.items()],
    )
