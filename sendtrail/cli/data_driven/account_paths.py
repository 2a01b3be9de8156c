"""Reads an account's paths from a snapshot of the views."""

from dataclasses import dataclass
from datetime import date

from sendtrail.attribution.data_driven.paths import PathCount, path_count
from sendtrail.domain.messages import OrganizationId
from sendtrail.report.port import Snapshot
from sendtrail.validation import adapter
from sendtrail.warehouse.view_snapshot import ViewRequest, plan_views

_VIEWS = (
    ViewRequest(
        view="path_outcomes", columns=frozenset({"organization_id", "ended_at", "is_converting", "campaign_ids"})
    ),
    ViewRequest(view="conversion_amounts", columns=frozenset({"organization_id", "counts_as"})),
    ViewRequest(view="campaigns_current", columns=frozenset({"organization_id", "campaign_id", "campaign_name"})),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Period:
    """When the last touch of a path was: from the beginning of `since` (UTC) to that of `before`; None for any time."""

    since: date | None
    before: date | None

    def sql(self) -> str:
        """Return the conditions on a path."""
        bounds = ((">=", self.since), ("<", self.before))
        return "".join(f" AND ended_at {sign} TIMESTAMP '{day} 00:00:00+00'" for sign, day in bounds if day)


@dataclass(frozen=True, kw_only=True, slots=True)
class AccountPaths:
    """An account's paths, its conversions without a touch, how many it has in all, and the campaigns' names."""

    paths: tuple[PathCount, ...]
    untouched: int
    conversions: int
    names: dict[int, str | None]

    @property
    def left_out(self) -> int:
        """Return how many conversions are not among the paths."""
        return self.conversions - self.untouched - sum(path.converted for path in self.paths)


def read_paths(snapshot: Snapshot, *, organization: str, period: Period) -> AccountPaths:
    """Return the paths of an account whose outcome is known."""
    adapter(OrganizationId).validate_python(organization)
    for view in plan_views(_VIEWS, stored=snapshot.stored):
        snapshot.create(view)
    of_account = f"WHERE organization_id = '{organization}'"
    counted = snapshot.query(
        "SELECT campaign_ids, COUNT(CASE WHEN is_converting THEN 1 END) AS converted,"
        " COUNT(CASE WHEN NOT is_converting THEN 1 END) AS unconverted"
        f" FROM {snapshot.source('path_outcomes')} {of_account}{period.sql()}"
        " GROUP BY campaign_ids ORDER BY campaign_ids"
    )
    paths, untouched = [], 0
    for campaign_ids, converted, unconverted in counted.rows:
        if campaign_ids is None:
            untouched = converted
        else:
            paths.append(path_count(campaign_ids, converted=converted, unconverted=unconverted))
    [(conversions,)] = snapshot.query(
        f"SELECT COUNT(*) AS conversions FROM {snapshot.source('conversion_amounts')} {of_account}"
        " AND counts_as = 'conversion'"
    ).rows
    names = snapshot.query(
        f"SELECT campaign_id, campaign_name FROM {snapshot.source('campaigns_current')} {of_account}"
    )
    return AccountPaths(paths=tuple(paths), untouched=untouched, conversions=conversions, names=dict(names.rows))
