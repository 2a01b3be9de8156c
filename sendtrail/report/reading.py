"""Reads what the report shows from the views."""

from dataclasses import dataclass
from typing import TypeVar

from sendtrail.errors import SettingsError
from sendtrail.report import queries
from sendtrail.report.attributed import Attributed, Counting
from sendtrail.report.figures import Figures, Sent
from sendtrail.report.port import Snapshot
from sendtrail.report.queries import Select
from sendtrail.warehouse.query_result import Query
from sendtrail.warehouse.view_snapshot import plan_views

RowT = TypeVar("RowT")
UTC = "UTC"


@dataclass(frozen=True, kw_only=True, slots=True)
class AccountReader:
    """Reads one account's rows from a snapshot of the views."""

    snapshot: Snapshot
    organization: str

    def rows(self, select: Select[RowT], counting: Counting | None = None) -> tuple[RowT, ...]:
        """Return the rows of a SELECT, each column in the field of its name."""
        source = self.snapshot.source(select.request(counting).name)
        found = self.snapshot.query(select.sql(source, organization=self.organization))
        return tuple(select.row(**record) for record in found.records())


def choose_account(query: Query, *, dataset: str, asked: str | None) -> str:
    """Return the account to report on: the one that was asked for, or the only one; raise SettingsError otherwise."""
    found = [str(record["organization_id"]) for record in query(queries.accounts(dataset)).records()]
    if not found:
        raise SettingsError(["there is nothing to report on yet: run sendtrail sync first"])
    if asked is None and len(found) == 1:
        return found[0]
    if asked in found:
        return asked
    names = ", ".join(found)
    reason = f"there is no account {asked}" if asked else "there are several accounts"
    raise SettingsError([f"--organization: {reason}: name one of {names}"])


def read_figures(snapshot: Snapshot, *, organization: str) -> Figures:
    """Return everything that the report shows about an account."""
    for view in plan_views(queries.view_requests(), stored=snapshot.stored):
        snapshot.create(view)
    reader = AccountReader(snapshot=snapshot, organization=organization)
    [parameters] = reader.rows(queries.PARAMETERS)
    return Figures(
        organization_id=organization,
        time_zone=next((each.time_zone for each in reader.rows(queries.TIME_ZONE)), UTC),
        periods=reader.rows(queries.PERIODS),
        sent=_sent(reader),
        days=reader.rows(queries.DAYS),
        attributed={counting: _attributed(reader, counting) for counting in Counting},
        completeness=reader.rows(queries.COMPLETENESS),
        freshness=reader.rows(queries.FRESHNESS),
        times=reader.rows(queries.TIMES),
        parameters=parameters,
    )


def _sent(reader: AccountReader) -> Sent:
    return Sent(
        campaigns=reader.rows(queries.CAMPAIGNS),
        links=reader.rows(queries.LINKS),
        messages=reader.rows(queries.MESSAGES),
        responses=reader.rows(queries.RESPONSES),
        automations=reader.rows(queries.AUTOMATIONS),
        lists=reader.rows(queries.LISTS),
        recency=reader.rows(queries.RECENCY),
        cohorts=reader.rows(queries.COHORTS),
    )


def _attributed(reader: AccountReader, counting: Counting) -> Attributed:
    return Attributed(
        earned=reader.rows(queries.EARNED, counting),
        paths=reader.rows(queries.PATHS, counting),
        engagement=reader.rows(queries.ENGAGEMENT, counting),
    )
