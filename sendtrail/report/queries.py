"""The SELECTs of the report over the views of `sql/`, in SQL that BigQuery and DuckDB share.

None of them reads an e-mail address.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Generic, TypeVar

from sendtrail.domain.messages import OrganizationId
from sendtrail.report.figures import (
    Campaign,
    Completeness,
    Counting,
    Day,
    Earned,
    Freshness,
    Funnel,
    MonthPath,
    Parameters,
    Path,
    Times,
)
from sendtrail.validation import adapter
from sendtrail.warehouse.tables import checked_name
from sendtrail.warehouse.view_snapshot import Override, ViewRequest

RowT = TypeVar("RowT")

PATHS_SHOWN = 12
ACCOUNTS = "SELECT organization_id FROM {dataset}.attribution_parameters ORDER BY organization_id"
# Both ways to count, whatever the account has chosen: the reader of the report switches between them.
COUNTINGS: Mapping[Counting, Override] = {
    counting: Override(
        name=counting,
        replaced="attribution_parameters",
        query=f"SELECT * REPLACE ({counting is Counting.RAW} AS include_machine)"
        " FROM `${dataset}`.`attribution_parameters`",
    )
    for counting in Counting
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Select(Generic[RowT]):
    """A SELECT over one view for one account: the columns are the fields of `row`, which any dataclass may be.

    `clauses` follow the WHERE on the account; `clause_columns` are the columns that only they read.
    """

    view: str
    row: type[RowT]
    clauses: str = ""
    clause_columns: tuple[str, ...] = ()

    @property
    def shown(self) -> tuple[str, ...]:
        """Return the columns that are selected, in their order."""
        row: Any = self.row
        return tuple(field.name for field in fields(row))

    @property
    def columns(self) -> tuple[str, ...]:
        """Return every column of the view that is read."""
        return ("organization_id", *self.shown, *self.clause_columns)

    def request(self, counting: Counting | None = None) -> ViewRequest:
        """Return what to ask of a snapshot, so that it has what this SELECT reads."""
        return ViewRequest(
            view=self.view, override=COUNTINGS[counting] if counting else None, columns=frozenset(self.columns)
        )

    def sql(self, source: str, *, organization: str) -> str:
        """Return the SELECT from a source for an account; raise ValueError if `organization` is not a valid name."""
        adapter(OrganizationId).validate_python(organization)
        return (
            f"SELECT {', '.join(self.shown)}\nFROM {source}\nWHERE organization_id = '{organization}'\n{self.clauses}"
        )


CAMPAIGNS = Select(
    view="campaign_engagement",
    row=Campaign,
    clauses="ORDER BY sent_at DESC, campaign_id DESC",
)
DAYS = Select(
    view="daily_activity",
    row=Day,
    clauses="ORDER BY activity_date, event_type",
)
EARNED = Select(
    view="attribution_by_month",
    row=Earned,
    clauses="ORDER BY month, currency, campaign_id, model",
)
PATHS = Select(
    view="attribution_paths",
    row=Path,
    clauses=f"""AND steps > 0
QUALIFY ROW_NUMBER() OVER (PARTITION BY currency ORDER BY conversions DESC, value DESC, campaign_ids) <= {PATHS_SHOWN}
ORDER BY conversions DESC, value DESC, campaign_ids""",
    clause_columns=("steps",),
)
MONTH_PATHS = Select(
    view="attribution_paths_by_month",
    row=MonthPath,
    clauses=f"""AND steps > 0
QUALIFY ROW_NUMBER() OVER (
  PARTITION BY month, currency ORDER BY conversions DESC, value DESC, campaign_ids
) <= {PATHS_SHOWN}
ORDER BY month, conversions DESC, value DESC, campaign_ids""",
    clause_columns=("steps",),
)
FUNNEL = Select(
    view="monthly_funnel",
    row=Funnel,
    clauses="ORDER BY month NULLS FIRST",
)
COMPLETENESS = Select(
    view="completeness",
    row=Completeness,
    clauses="ORDER BY campaign_id, event_type",
)
FRESHNESS = Select(
    view="pipeline_freshness",
    row=Freshness,
    clauses="ORDER BY event_type",
)
TIMES = Select(
    view="timestamp_meaning",
    row=Times,
    clauses="ORDER BY event_type DESC",
)
PARAMETERS = Select(view="attribution_parameters", row=Parameters)

# Read as they are, and once for each way to count.
PLAIN: tuple[Select[Any], ...] = (CAMPAIGNS, DAYS, COMPLETENESS, FRESHNESS, TIMES, PARAMETERS)
COUNTED: tuple[Select[Any], ...] = (EARNED, PATHS, MONTH_PATHS, FUNNEL)


def accounts(dataset: str) -> str:
    """Return the SELECT of a dataset's accounts; raise ValueError if `dataset` is not a valid name."""
    return ACCOUNTS.format(dataset=checked_name(dataset))


def view_requests() -> list[ViewRequest]:
    """Return what the report asks of a snapshot."""
    return [
        *(select.request() for select in PLAIN),
        *(select.request(counting) for select in COUNTED for counting in Counting),
    ]
