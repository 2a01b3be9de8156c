-- One row is one day (UTC) and event type of one account: the activities whose last known time is on that day.
--
-- An open or click that happens again moves to its new day, and stays on the old one if a sync saw it there; in accounts
-- whose times are the first (timestamp_meaning) it stays on the day of the first. Plain columns leave out opens and
-- clicks by machines; raw_* include them.
WITH
  machine_touches AS (
    SELECT organization_id, campaign_id, contact_key, event_type, COALESCE(link_id, '') AS link
    FROM `${dataset}`.`machine_activity`
  ),
  distinct_observations AS (
    -- Two concurrent merges may have inserted an observation twice. Some accounts have a row per list that a contact left:
    -- that is one unsubscription.
    SELECT
      organization_id,
      activity_date,
      event_type,
      IF(event_type = 'unsubscribe', CONCAT(CAST(campaign_id AS STRING), ' ', contact_key), activity_id) AS event_id,
      MIN(contact_key) AS contact_key
    FROM `${dataset}`.`observations`
    GROUP BY organization_id, activity_date, event_type, event_id
  ),
  machine_observations AS (
    SELECT
      observations.organization_id,
      observations.activity_date,
      observations.event_type,
      observations.activity_id,
      observations.campaign_id,
      observations.contact_key
    FROM `${dataset}`.`observations` AS observations
    INNER JOIN machine_touches
      ON observations.campaign_id = machine_touches.campaign_id
      AND observations.contact_key = machine_touches.contact_key
      AND COALESCE(observations.link_id, '') = machine_touches.link
      AND observations.event_type = machine_touches.event_type
      AND observations.organization_id = machine_touches.organization_id
  ),
  -- Grouped twice instead of COUNT(DISTINCT contact_key), for which DuckDB would keep the contacts of all days in memory.
  contact_events AS (
    SELECT organization_id, activity_date, event_type, contact_key, 1 AS raw_events, 0 AS machine_events
    FROM distinct_observations
    UNION ALL
    SELECT organization_id, activity_date, event_type, MIN(contact_key), 0, 1
    FROM machine_observations
    GROUP BY organization_id, activity_date, event_type, activity_id
  ),
  daily_contacts AS (
    SELECT
      organization_id,
      activity_date,
      event_type,
      contact_key,
      SUM(raw_events) AS raw_events,
      SUM(raw_events) - SUM(machine_events) AS events
    FROM contact_events
    GROUP BY organization_id, activity_date, event_type, contact_key
  ),
  daily_contact_counts AS (
    SELECT
      organization_id,
      activity_date,
      event_type,
      SUM(events) AS events,
      COUNTIF(events > 0) AS unique_contacts,
      SUM(raw_events) AS raw_events,
      COUNT(*) AS raw_unique_contacts
    FROM daily_contacts
    GROUP BY organization_id, activity_date, event_type
  ),
  campaign_events AS (
    -- An observation that was inserted twice is in both counts twice, so the difference is 0 if people did nothing.
    SELECT organization_id, activity_date, event_type, campaign_id, COUNT(*) AS raw_events, 0 AS machine_events
    FROM `${dataset}`.`observations`
    GROUP BY organization_id, activity_date, event_type, campaign_id
    UNION ALL
    SELECT organization_id, activity_date, event_type, campaign_id, 0, COUNT(*)
    FROM machine_observations
    GROUP BY organization_id, activity_date, event_type, campaign_id
  ),
  daily_campaigns AS (
    SELECT
      organization_id,
      activity_date,
      event_type,
      campaign_id,
      SUM(raw_events) - SUM(machine_events) AS events
    FROM campaign_events
    GROUP BY organization_id, activity_date, event_type, campaign_id
  ),
  daily_campaign_counts AS (
    SELECT
      organization_id,
      activity_date,
      event_type,
      COUNTIF(events > 0) AS campaigns,
      COUNT(*) AS raw_campaigns
    FROM daily_campaigns
    GROUP BY organization_id, activity_date, event_type
  )
SELECT
  daily_contact_counts.organization_id,
  daily_contact_counts.activity_date,
  daily_contact_counts.event_type,
  daily_contact_counts.events,
  daily_contact_counts.unique_contacts,
  daily_campaign_counts.campaigns,
  daily_contact_counts.raw_events,
  daily_contact_counts.raw_unique_contacts,
  daily_campaign_counts.raw_campaigns
FROM daily_contact_counts
INNER JOIN daily_campaign_counts
  ON daily_contact_counts.organization_id = daily_campaign_counts.organization_id
  AND daily_contact_counts.activity_date = daily_campaign_counts.activity_date
  AND daily_contact_counts.event_type = daily_campaign_counts.event_type
