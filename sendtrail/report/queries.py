"""The SELECTs of the report over the views of `sql/`, in words that BigQuery and DuckDB share.

None of them reads an e-mail address.
"""

from sendtrail.messages import OrganizationId
from sendtrail.schema import adapter
from sendtrail.tables import checked_name

PATHS_SHOWN = 12

ACCOUNTS = "SELECT organization_id FROM {dataset}.attribution_parameters ORDER BY organization_id"

CAMPAIGNS = """
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
FROM {dataset}.campaign_engagement
WHERE organization_id = '{organization}'
ORDER BY sent_at DESC, campaign_id DESC
"""

DAYS = """
SELECT activity_date, event_type, events, raw_events
FROM {dataset}.daily_activity
WHERE organization_id = '{organization}'
ORDER BY activity_date, event_type
"""

EARNED = """
SELECT month, model, currency, campaign_id, conversions, credit, value
FROM {dataset}.attribution_by_month
WHERE organization_id = '{organization}'
ORDER BY month, currency, campaign_id, model
"""

PATHS = f"""
SELECT currency, campaign_ids, conversions, value, average_days
FROM {{dataset}}.attribution_paths
WHERE organization_id = '{{organization}}' AND steps > 0
QUALIFY ROW_NUMBER() OVER (PARTITION BY currency ORDER BY conversions DESC, value DESC, campaign_ids) <= {PATHS_SHOWN}
ORDER BY conversions DESC, value DESC, campaign_ids
"""

COMPLETENESS = """
SELECT campaign_id, event_type, counter, stored, gap, likely_cause, explanation, trust
FROM {dataset}.completeness
WHERE organization_id = '{organization}'
ORDER BY campaign_id, event_type
"""

FRESHNESS = """
SELECT event_type, newest_activity_at, newest_sync_at, account_hours_since_sync
FROM {dataset}.pipeline_freshness
WHERE organization_id = '{organization}'
ORDER BY event_type
"""

PARAMETERS = """
SELECT lookback_days, include_opens, include_machine, first_percent, last_percent, half_life_days
FROM {dataset}.attribution_parameters
WHERE organization_id = '{organization}'
"""


def filled(select: str, *, dataset: str, organization: str = "") -> str:
    """Return a SELECT with its names filled in; raise ValueError where one is more than a name."""
    if organization:
        adapter(OrganizationId).validate_python(organization)
    return select.format(dataset=checked_name(dataset), organization=organization)
