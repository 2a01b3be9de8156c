"""The SELECTs of the report over the views of `sql/`, in SQL that BigQuery and DuckDB share.

None of them reads an e-mail address.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Generic, TypeVar

from sendtrail.domain.messages import OrganizationId
from sendtrail.report.attributed import Counting, Earned, Parameters, Path, Period, PeriodEngagement
from sendtrail.report.figures import (
    Automation,
    Campaign,
    Cohort,
    Completeness,
    ContactList,
    Day,
    Freshness,
    Link,
    Message,
    Recency,
    Response,
    Times,
    TimeZone,
)
from sendtrail.validation import adapter
from sendtrail.warehouse.tables import checked_name
from sendtrail.warehouse.view_snapshot import Override, ViewRequest

RowT = TypeVar("RowT")

PATHS_SHOWN = 12
LINKS_SHOWN = 5  # of a campaign
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

    `clauses` follow the WHERE on the account; `clause_columns` are the columns that only they read. `computed` has the
    fields that are no columns, each with its expression.
    """

    view: str
    row: type[RowT]
    clauses: str = ""
    clause_columns: tuple[str, ...] = ()
    computed: Mapping[str, str] = field(default_factory=dict)

    @property
    def shown(self) -> tuple[str, ...]:
        """Return the columns that are selected, in their order."""
        row: Any = self.row
        return tuple(each.name for each in fields(row) if each.name not in self.computed)

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
        shown = ", ".join([*self.shown, *(f"{value} AS {name}" for name, value in self.computed.items())])
        return f"SELECT {shown}\nFROM {source}\nWHERE organization_id = '{organization}'\n{self.clauses}"


CAMPAIGNS = Select(
    view="campaign_engagement",
    row=Campaign,
    clauses="ORDER BY sent_at DESC, campaign_id DESC",
)
LINKS = Select(
    view="link_engagement",
    row=Link,
    clauses=f"""QUALIFY ROW_NUMBER() OVER (
  PARTITION BY campaign_id ORDER BY unique_clicks DESC, raw_unique_clicks DESC, link_url, link_id
) <= {LINKS_SHOWN}
ORDER BY unique_clicks DESC, raw_unique_clicks DESC, campaign_id, link_url""",
    clause_columns=("link_id",),
)
MESSAGES = Select(
    view="message_engagement",
    row=Message,
    clauses="AND messages > 1\nORDER BY campaign_id, message_id",
    clause_columns=("messages",),
)
RESPONSES = Select(view="response_times", row=Response, clauses="ORDER BY campaign_id, event_type")
AUTOMATIONS = Select(view="automation_engagement", row=Automation, clauses="ORDER BY sent DESC, automation_id")
LISTS = Select(view="list_engagement", row=ContactList, clauses="ORDER BY active DESC, list")
RECENCY = Select(
    view="contact_engagement",
    row=Recency,
    clauses="AND status = 'active' AND deleted_at IS NULL\nGROUP BY click_recency\nORDER BY click_recency",
    clause_columns=("status", "deleted_at"),
    computed={"contacts": "COUNT(*)"},
)
COHORTS = Select(view="engagement_cohorts", row=Cohort, clauses="ORDER BY month, cohort")
PERIODS = Select(view="reporting_periods", row=Period, clauses="ORDER BY kind, starts_on DESC")
TIME_ZONE = Select(view="reporting_settings", row=TimeZone)
DAYS = Select(
    view="daily_activity",
    row=Day,
    clauses="ORDER BY activity_date, event_type",
)
EARNED = Select(
    view="attribution_by_period",
    row=Earned,
    clauses="ORDER BY period, currency, campaign_id, model",
)
PATHS = Select(
    view="attribution_paths_by_period",
    row=Path,
    clauses=f"""AND steps > 0
QUALIFY ROW_NUMBER() OVER (
  PARTITION BY period, currency ORDER BY conversions DESC, value DESC, campaign_ids
) <= {PATHS_SHOWN}
ORDER BY period, conversions DESC, value DESC, campaign_ids""",
    clause_columns=("steps",),
)
ENGAGEMENT = Select(view="engagement_by_period", row=PeriodEngagement, clauses="ORDER BY period")
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
PLAIN: tuple[Select[Any], ...] = (
    CAMPAIGNS,
    LINKS,
    MESSAGES,
    RESPONSES,
    AUTOMATIONS,
    LISTS,
    RECENCY,
    COHORTS,
    PERIODS,
    TIME_ZONE,
    DAYS,
    COMPLETENESS,
    FRESHNESS,
    TIMES,
    PARAMETERS,
)
COUNTED: tuple[Select[Any], ...] = (EARNED, PATHS, ENGAGEMENT)


def accounts(dataset: str) -> str:
    """Return the SELECT of a dataset's accounts; raise ValueError if `dataset` is not a valid name."""
    return ACCOUNTS.format(dataset=checked_name(dataset))


def view_requests() -> list[ViewRequest]:
    """Return what the report asks of a snapshot."""
    return [
        *(select.request() for select in PLAIN),
        *(select.request(counting) for select in COUNTED for counting in Counting),
    ]
