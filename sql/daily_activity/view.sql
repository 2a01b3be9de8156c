-- One row is one day and event type of one account: how many opens, clicks or other events were new on that day.
--
-- Opens and clicks are the growth of `times` between observations, dated by the observation (touch_observations), so the
-- days of a contact sum to its total however often one syncs, and a past day keeps its number. Plain columns leave out
-- opens and clicks by recognised machines; raw_* include them. A day begins at midnight in the account's
-- reporting_time_zone.
WITH
  other_observations AS (
    -- Two concurrent merges may have inserted an observation twice. Some accounts have a row per list that a contact left:
    -- that is one unsubscription.
    SELECT
      observations.organization_id,
      DATE(activity_timestamp, COALESCE(time_zone, 'UTC')) AS activity_date,
      event_type,
      contact_key,
      campaign_id,
      IF(event_type = 'unsubscribe', CONCAT(CAST(campaign_id AS STRING), ' ', contact_key), activity_id) AS event_id
    FROM `${dataset}`.`observations` AS observations
    LEFT JOIN `${dataset}`.`reporting_settings` AS reporting
      ON observations.organization_id = reporting.organization_id
    WHERE event_type NOT IN ('open', 'click')
  ),
  events AS (
    SELECT
      touches.organization_id,
      DATE(touched_at, COALESCE(time_zone, 'UTC')) AS activity_date,
      event_type,
      contact_key,
      campaign_id,
      growth AS raw_events,
      IF(is_machine, 0, growth) AS events
    FROM `${dataset}`.`touch_observations` AS touches
    LEFT JOIN `${dataset}`.`reporting_settings` AS reporting
      ON touches.organization_id = reporting.organization_id
    WHERE growth > 0
    UNION ALL
    SELECT organization_id, activity_date, event_type, MIN(contact_key), MIN(campaign_id), 1, 1
    FROM other_observations
    GROUP BY organization_id, activity_date, event_type, event_id
  ),
  -- Grouped twice instead of COUNT(DISTINCT contact_key), for which DuckDB would keep the contacts of all days in memory.
  daily_contacts AS (
    SELECT
      organization_id,
      activity_date,
      event_type,
      contact_key,
      LOGICAL_OR(events > 0) AS is_counted
    FROM events
    GROUP BY organization_id, activity_date, event_type, contact_key
  ),
  daily_contact_counts AS (
    SELECT
      organization_id,
      activity_date,
      event_type,
      COUNTIF(is_counted) AS unique_contacts,
      COUNT(*) AS raw_unique_contacts
    FROM daily_contacts
    GROUP BY organization_id, activity_date, event_type
  ),
  daily_campaigns AS (
    SELECT
      organization_id,
      activity_date,
      event_type,
      campaign_id,
      SUM(events) AS events,
      SUM(raw_events) AS raw_events
    FROM events
    GROUP BY organization_id, activity_date, event_type, campaign_id
  ),
  daily_campaign_counts AS (
    SELECT
      organization_id,
      activity_date,
      event_type,
      SUM(events) AS events,
      COUNTIF(events > 0) AS campaigns,
      SUM(raw_events) AS raw_events,
      COUNT(*) AS raw_campaigns
    FROM daily_campaigns
    GROUP BY organization_id, activity_date, event_type
  )
SELECT
  daily_contact_counts.organization_id,
  daily_contact_counts.activity_date,
  daily_contact_counts.event_type,
  CAST(daily_campaign_counts.events AS INT64) AS events,
  daily_contact_counts.unique_contacts,
  daily_campaign_counts.campaigns,
  CAST(daily_campaign_counts.raw_events AS INT64) AS raw_events,
  daily_contact_counts.raw_unique_contacts,
  daily_campaign_counts.raw_campaigns
FROM daily_contact_counts
INNER JOIN daily_campaign_counts
  ON daily_contact_counts.organization_id = daily_campaign_counts.organization_id
  AND daily_contact_counts.activity_date = daily_campaign_counts.activity_date
  AND daily_contact_counts.event_type = daily_campaign_counts.event_type
