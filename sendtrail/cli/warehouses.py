"""The warehouse that a command works on: to read from, or to merge into."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import typer

from sendtrail.cli.erased_list import stored_edge
from sendtrail.cli.extras import require
from sendtrail.cli.organizations import organization_in
from sendtrail.cli.settings.sync_settings import checked_database
from sendtrail.cli.settings.warehouse_settings import AccountSettings, WarehouseSettings
from sendtrail.clock import Clock
from sendtrail.erasure.guarded_warehouse import GuardedWarehouse
from sendtrail.errors import Unavailable
from sendtrail.local.duckdb_reader import read_only
from sendtrail.local.duckdb_snapshot import snapshot
from sendtrail.local.duckdb_warehouse import DuckDbWarehouse
from sendtrail.local.erasure.local_erasure import guarded, settle_erasures
from sendtrail.local.pseudonyms.local_pseudonyms import local_pseudonyms
from sendtrail.local.state.adoption import open_state
from sendtrail.ports import Warehouse
from sendtrail.pseudonyms.pseudonymous_warehouse import PseudonymousWarehouse
from sendtrail.pseudonyms.pseudonyms import Pseudonyms
from sendtrail.report.port import Snapshot
from sendtrail.warehouse.query_result import Query

if TYPE_CHECKING:
    from sendtrail.gcp.bigquery_access import Access


def option(words: str, metavar: str) -> Any:
    """Return a text option; the settings parse it, and `words` name its default."""
    return typer.Option(help=words, metavar=metavar, show_default=False)


DATABASE = option("The DuckDB file. Default: sendtrail.duckdb.", "FILE")
DATASET = option("The dataset that holds the tables. Default: marketing_ai.", "NAME")
PSEUDONYM_KEY = option(
    "A file with the key under which addresses and names are stored as pseudonyms. Default: none, as they are.", "FILE"
)
NEW_ORGANIZATION = typer.Option(
    "--new-organization", help="Store it for an account of which nothing was synced, too.", show_default=False
)
PROJECT = option("Use BigQuery in this Google Cloud project instead of a file.", "ID")
LOCATION = option("Where the BigQuery dataset is. Default: US.", "NAME")


def place_of(settings: WarehouseSettings) -> str:
    """Return where the data is, so that nobody takes another file or project for it."""
    if settings.project:
        return f"{settings.dataset} in the Google Cloud project {settings.project}"
    return f"{settings.dataset} in {settings.database.absolute()}"


@contextmanager
def snapshot_of(settings: WarehouseSettings, clock: Clock) -> Iterator[Snapshot]:
    """Open a snapshot of the views; raise SettingsError if there is nothing to read."""
    if settings.project:
        with bigquery_of(settings.project, settings, clock) as bigquery, bigquery.snapshot(settings.dataset) as opened:
            yield opened
        return
    with snapshot(checked_database(str(settings.database)), dataset=settings.dataset) as opened:
        yield opened


@contextmanager
def open_reader(settings: WarehouseSettings, clock: Clock) -> Iterator[Query]:
    """Open what runs a user's SELECT and refuses anything else; raise SettingsError if there is nothing to read."""
    if settings.project:
        with bigquery_of(settings.project, settings, clock) as bigquery:
            yield bigquery.select_guard()
        return
    with read_only(checked_database(str(settings.database))) as run_select:
        yield run_select


@dataclass(frozen=True, kw_only=True, slots=True)
class Destination:
    """Where rows go: the warehouse, the account whose rows they are, and what runs a SELECT of ours there.

    `withheld` returns how many rows were left out, as they are of people who were erased,
    `as_stored` the address or user id under which somebody is stored.
    """

    warehouse: Warehouse
    organization: str
    query: Query
    withheld: Callable[[], int] = int
    as_stored: Callable[[str], str] = str


def as_stored(pseudonyms: Callable[[], Pseudonyms | None]) -> Callable[[str], str]:
    """Return what returns the address or user id under which somebody is stored."""

    def stored(name: str) -> str:
        found = pseudonyms()
        return name if found is None else found.user(name)

    return stored


@contextmanager
def open_writer(settings: AccountSettings, clock: Clock) -> Iterator[Destination]:
    """Open the warehouse to merge into, and choose the account; raise SettingsError if there is none."""
    if settings.project:
        with (
            bigquery_of(settings.project, settings, clock) as bigquery,
            stored_edge(settings, settings.project, clock=clock) as edge,
        ):
            guard = GuardedWarehouse(inner=bigquery.warehouse(settings.dataset), people=edge.people, clock=clock)
            yield Destination(
                warehouse=PseudonymousWarehouse(inner=guard, pseudonyms=edge.pseudonyms),
                as_stored=as_stored(edge.pseudonyms),
                organization=settings.organization,
                query=bigquery.reader(),
                withheld=lambda: guard.withheld,
            )
        return
    database = checked_database(str(settings.database))
    settle_erasures(database, dataset=settings.dataset, clock=clock)
    with DuckDbWarehouse(database, dataset=settings.dataset) as warehouse:

        @cache
        def pseudonyms() -> Pseudonyms | None:  # asked for by rows that name people, and not by settings
            with open_state(warehouse, clock=clock) as state:
                return local_pseudonyms(warehouse, state, settings.pseudonym_key_file)

        local_guard = guarded(warehouse, clock=clock)
        yield Destination(
            warehouse=PseudonymousWarehouse(inner=local_guard, pseudonyms=pseudonyms),
            as_stored=as_stored(pseudonyms),
            organization=organization_in(warehouse, settings),
            query=warehouse.query,
            withheld=lambda: local_guard.withheld,
        )


@contextmanager
def bigquery_of(
    project_id: str, settings: WarehouseSettings, clock: Clock, *, patience_s: float = 600.0
) -> "Iterator[Access]":
    """Connect to BigQuery in a project; raise SettingsError if nobody is signed in."""
    require("gcp")
    from sendtrail.gcp.bigquery_access import access  # noqa: PLC0415  (an extra)

    try:
        with access(
            project_id,
            location=settings.location,
            endpoint=settings.bigquery_endpoint,
            clock=clock,
            patience_s=patience_s,
        ) as open_:
            yield open_
    except Unavailable as error:  # most often the location is wrong, or the user has no permission
        raise Unavailable(f"{error} (asked: project {project_id}, location {settings.location})") from error
