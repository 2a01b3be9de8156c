"""The SELECTs of the report over the views of `sql/`, in words that BigQuery and DuckDB share.

None of them reads an e-mail address.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from sendtrail.domain.messages import OrganizationId
from sendtrail.report.figures import Counting
from sendtrail.validation import adapter
from sendtrail.warehouse.tables import checked_name
from sendtrail.warehouse.view_snapshot import Override, ViewRequest

PATHS_SHOWN = 12
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
class Select:
    """A SELECT over one view; `{source}` is what it is read from."""

    view: str
    text: str

    def wanted(self, counting: Counting | None = None) -> ViewRequest:
        """Return the view as it is wanted of a snapshot."""
        names = frozenset(re.findall(r"\w+", self.text))
        return ViewRequest(view=self.view, variant=COUNTINGS[counting] if counting else None, columns=names)

    def filled(self, source: str, *, organization: str) -> str:
        """Return the SELECT with its names filled in; raise ValueError where the account's is more than a name."""
        adapter(OrganizationId).validate_python(organization)
        return self.text.format(source=source, organization=organization)


ACCOUNTS = "SELECT organization_id FROM {dataset}.attribution_parameters ORDER BY organization_id"

CAMPAIGNS = Select(
    view="campaign_engagement",
    text="""
SELECT
  campaign_id,
  campaign_name,
  sent_at,
  sent,
  delivered,
  estimated_human_opens,
  raw_unique_opens,
  unique_clicks,
  raw_unique_clicks,
  bounces,
  unsubscribes,
  forwards
FROM {source}
WHERE organization_id = '{organization}'
ORDER BY sent_at DESC, campaign_id DESC
""",
)

DAYS = Select(
    view="daily_activity",
    text="""
SELECT activity_date, event_type, events, raw_events
FROM {source}
WHERE organization_id = '{organization}'
ORDER BY activity_date, event_type
""",
)

EARNED = Select(
    view="attribution_by_month",
    text="""
SELECT month, model, currency, campaign_id, conversions, credit, value
FROM {source}
WHERE organization_id = '{organization}'
ORDER BY month, currency, campaign_id, model
""",
)

PATHS = Select(
    view="attribution_paths",
    text=f"""
SELECT currency, campaign_ids, conversions, value, average_days
FROM {{source}}
WHERE organization_id = '{{organization}}' AND steps > 0
QUALIFY ROW_NUMBER() OVER (PARTITION BY currency ORDER BY conversions DESC, value DESC, campaign_ids) <= {PATHS_SHOWN}
ORDER BY conversions DESC, value DESC, campaign_ids
""",
)

COMPLETENESS = Select(
    view="completeness",
    text="""
SELECT campaign_id, event_type, counter, stored, gap, likely_cause, explanation, trust
FROM {source}
WHERE organization_id = '{organization}'
ORDER BY campaign_id, event_type
""",
)

FRESHNESS = Select(
    view="pipeline_freshness",
    text="""
SELECT event_type, newest_activity_at, newest_sync_at, account_hours_since_sync
FROM {source}
WHERE organization_id = '{organization}'
ORDER BY event_type
""",
)

PARAMETERS = Select(
    view="attribution_parameters",
    text="""
SELECT lookback_days, include_opens, include_machine, first_percent, last_percent, half_life_days
FROM {source}
WHERE organization_id = '{organization}'
""",
)


def accounts(dataset: str) -> str:
    """Return the SELECT of the accounts of a dataset; raise ValueError where it is more than a name."""
    return ACCOUNTS.format(dataset=checked_name(dataset))


def wanted() -> list[ViewRequest]:
    """Return the views that the report reads."""
    once = (CAMPAIGNS, DAYS, COMPLETENESS, FRESHNESS, PARAMETERS)
    twice = (EARNED, PATHS)
    return [
        *(select.wanted() for select in once),
        *(select.wanted(counting) for select in twice for counting in Counting),
    ]
