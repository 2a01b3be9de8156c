"""What the report shows, read from the views."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sendtrail.errors import SettingsError
from sendtrail.report import queries
from sendtrail.report.figures import (
    Attributed,
    Campaign,
    Completeness,
    Counting,
    Day,
    Earned,
    Figures,
    Freshness,
    Parameters,
    Path,
)
from sendtrail.report.port import Query, Snapshot
from sendtrail.report.queries import Select
from sendtrail.warehouse.view_snapshot import parts

DIVIDER = " > "


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """Where the figures come from: a snapshot of the warehouse, and the account to ask for."""

    snapshot: Snapshot
    organization: str

    def rows(self, select: Select, counting: Counting | None = None) -> Iterator[Sequence[Any]]:
        """Yield the rows of a SELECT of `queries`."""
        source = self.snapshot.source(select.wanted(counting).name)
        yield from self.snapshot.query(select.filled(source, organization=self.organization)).rows


def choose_account(query: Query, *, dataset: str, wanted: str | None) -> str:
    """Return the account to report on: the one asked for, or the only one there is; raise SettingsError otherwise."""
    found = [str(row[0]) for row in query(queries.accounts(dataset)).rows]
    if not found:
        raise SettingsError(["there is nothing to report on yet: run sendtrail sync first"])
    if wanted is None and len(found) == 1:
        return found[0]
    if wanted in found:
        return wanted
    names = ", ".join(found)
    reason = f"there is no account {wanted}" if wanted else "there are several accounts"
    raise SettingsError([f"--organization: {reason}: name one of {names}"])


def read_figures(source: Source) -> Figures:
    """Return all that the report shows."""
    for part in parts(queries.wanted()):
        source.snapshot.make(part)
    return Figures(
        organization_id=source.organization,
        campaigns=tuple(_campaigns(source)),
        days=tuple(_days(source)),
        attributed={counting: _attributed(source, counting) for counting in Counting},
        completeness=tuple(_completeness(source)),
        freshness=tuple(_freshness(source)),
        parameters=_parameters(source),
    )


def _attributed(source: Source, counting: Counting) -> Attributed:
    return Attributed(earned=tuple(_earned(source, counting)), paths=tuple(_paths(source, counting)))


def _campaigns(source: Source) -> Iterator[Campaign]:
    for row in source.rows(queries.CAMPAIGNS):
        yield Campaign(
            campaign_id=row[0],
            name=row[1] or f"Campaign {row[0]}",
            sent_at=row[2],
            sent=row[3],
            delivered=row[4],
            opens=row[5],
            opens_raw=row[6],
            clicks=row[7],
            clicks_raw=row[8],
            bounces=row[9],
            unsubscribes=row[10],
            forwards=row[11],
        )


def _days(source: Source) -> Iterator[Day]:
    for day, event_type, events, events_raw in source.rows(queries.DAYS):
        yield Day(date=day, event_type=event_type, events=events, events_raw=events_raw)


def _earned(source: Source, counting: Counting) -> Iterator[Earned]:
    for month, model, currency, campaign_id, conversions, credit, value in source.rows(queries.EARNED, counting):
        yield Earned(
            month=month,
            model=model,
            currency=currency,
            campaign_id=campaign_id,
            conversions=conversions,
            credit=credit,
            value=value,
        )


def _paths(source: Source, counting: Counting) -> Iterator[Path]:
    for currency, campaign_ids, conversions, value, average_days in source.rows(queries.PATHS, counting):
        yield Path(
            currency=currency,
            campaign_ids=tuple(_step(step) for step in campaign_ids.split(DIVIDER)),
            conversions=conversions,
            value=value,
            average_days=average_days,
        )


def _step(text: str) -> int | None:
    return int(text) if text.isdigit() else None


def _completeness(source: Source) -> Iterator[Completeness]:
    for row in source.rows(queries.COMPLETENESS):
        yield Completeness(
            campaign_id=row[0],
            event_type=row[1],
            counter=row[2],
            stored=row[3],
            gap=row[4],
            likely_cause=row[5],
            explanation=row[6],
            trust=row[7],
        )


def _freshness(source: Source) -> Iterator[Freshness]:
    for event_type, newest_activity_at, newest_sync_at, hours in source.rows(queries.FRESHNESS):
        yield Freshness(
            event_type=event_type,
            newest_activity_at=newest_activity_at,
            newest_sync_at=newest_sync_at,
            account_hours_since_sync=hours,
        )


def _parameters(source: Source) -> Parameters:
    row = next(source.rows(queries.PARAMETERS))
    return Parameters(
        lookback_days=row[0],
        include_opens=row[1],
        include_machine=row[2],
        first_percent=row[3],
        last_percent=row[4],
        half_life_days=row[5],
    )
