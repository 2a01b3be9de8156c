"""`sendtrail attribution data-driven`: the campaigns' credit as the paths themselves suggest it."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Annotated, Any

import typer
from rich.console import Console

from sendtrail.cli.data_driven.account_paths import AccountPaths, read_paths
from sendtrail.cli.extras import require
from sendtrail.cli.options.expanded import expanded
from sendtrail.cli.options.warehouse_options import WarehouseOptions
from sendtrail.cli.query import printer
from sendtrail.cli.settings.data_driven_settings import DataDrivenSettings
from sendtrail.cli.warehouses import option, snapshot_of
from sendtrail.clock import SystemClock
from sendtrail.plurals import counted
from sendtrail.report.reading import choose_account

COLUMNS = ("model", "campaign_id", "campaign_name", "credit", "low", "high", "share")
# The campaign of conversions that no e-mail came before.
NO_CAMPAIGN = (None, None)


@dataclass(frozen=True, kw_only=True, slots=True)
class DataDrivenOptions(WarehouseOptions):
    """Which paths are credited, and how."""

    organization: Annotated[str | None, option("The account, if there are several.", "NAME")] = None
    ended_since: Annotated[str | None, option("Only paths that end on this day (UTC) or later.", "YYYY-MM-DD")] = None
    ended_before: Annotated[str | None, option("Only paths that end before this day (UTC).", "YYYY-MM-DD")] = None
    markov_order: Annotated[
        str | None, option("How many campaigns back the Markov chain remembers, 1 to 4. Default: 1.", "NUMBER")
    ] = None
    resamples: Annotated[
        str | None, option("How often paths are drawn again for the intervals, 20 to 2000. Default: 200.", "NUMBER")
    ] = None
    seed: Annotated[str | None, option("The seed of the draws. Default: 0.", "NUMBER")] = None
    min_conversions: Annotated[
        str | None, option("Refuse fewer conversions with a path than these. Default: 50.", "NUMBER")
    ] = None


@expanded
def data_driven(
    *,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object per line.")] = False,
    options: DataDrivenOptions,
) -> None:
    """Credit campaigns by comparing paths that led to a conversion with paths that did not: Markov and Shapley.

    A row per model and campaign: the conversions that it has earned, the interval of 19 in 20 draws, and its share.

    Exit code: 0 when the credit is printed, 2 when there are too few conversions or an option or the file is wrong, 75
    when another program has the file.
    """
    show = printer(as_csv=as_csv, as_json=as_json)
    settings = DataDrivenSettings.read(asdict(options))
    require("attribution")
    with snapshot_of(settings, SystemClock()) as snapshot:
        account = choose_account(snapshot.query, dataset=settings.dataset, asked=settings.organization or None)
        found = read_paths(snapshot, organization=account, period=settings.period)
    show(COLUMNS, list(_rows(found, settings)))
    Console(stderr=True, soft_wrap=True).print(_coverage(found), highlight=False)


def _rows(found: AccountPaths, settings: DataDrivenSettings) -> Iterator[tuple[Any, ...]]:
    from sendtrail.attribution.data_driven.bootstrap import Draws  # noqa: PLC0415  (an extra)
    from sendtrail.attribution.data_driven.campaign_credits import Terms, campaign_credits  # noqa: PLC0415

    terms = Terms(
        order=settings.markov_order,
        draws=Draws(times=settings.resamples, seed=settings.seed),
        min_conversions=settings.min_conversions,
    )
    credits_ = campaign_credits(found.paths, terms)
    for each in credits_:
        name = found.names.get(each.campaign_id)
        yield each.model, each.campaign_id, name, each.credit, each.low, each.high, each.share
    if found.untouched:
        for model in dict.fromkeys(each.model for each in credits_):
            yield model, *NO_CAMPAIGN, float(found.untouched), None, None, None


def _coverage(found: AccountPaths) -> str:
    """Return what the credit is computed from, as a sentence, and what is not part of it."""
    converted, unconverted = (sum(getattr(path, name) for path in found.paths) for name in ("converted", "unconverted"))
    return (
        f"From {counted(converted, 'path')} that led to a conversion and {unconverted:,} that did not; "
        f"{counted(found.untouched, 'conversion')} came without a touch, and {counted(found.left_out, 'is', 'are')} "
        "left out: of another period, or it is not known yet which paths beside theirs convert."
    )
