-- One row is one day (UTC) and event type of one account: what was observed to have last happened on that day.
--
-- An open or click that happens again moves to its new day, and is kept on the old one where a sync saw it there. Plain
-- columns leave machines' opens and clicks out, raw_* count them.
WITH
  machines AS (
    SELECT organization_id, campaign_id, contact_key, event_type, COALESCE(link_id, '') AS link
    FROM `${dataset}`.`machine_activity`
  ),
  once AS (
    -- Two merges at once may have inserted an observation twice.
    SELECT
      organization_id,
      activity_date,
      event_type,
      activity_id,
      MIN(contact_key) AS contact_key
    FROM `${dataset}`.`observations`
    GROUP BY organization_id, activity_date, event_type, activity_id
  ),
  of_machines AS (
    SELECT
      observations.organization_id,
      observations.activity_date,
      observations.event_type,
      observations.activity_id,
      observations.campaign_id,
      observations.contact_key
    FROM `${dataset}`.`observations` AS observations
    INNER JOIN machines
      ON observations.campaign_id = machines.campaign_id
      AND observations.contact_key = machines.contact_key
      AND COALESCE(observations.link_id, '') = machines.link
      AND observations.event_type = machines.event_type
      AND observations.organization_id = machines.organization_id
  ),
  -- Grouped twice rather than COUNT(DISTINCT contact_key), for which DuckDB would hold the contacts of all days in memory.
  contact_rows AS (
    SELECT organization_id, activity_date, event_type, contact_key, 1 AS raw_events, 0 AS machine_events
    FROM once
    UNION ALL
    SELECT organization_id, activity_date, event_type, MIN(contact_key), 0, 1
    FROM of_machines
    GROUP BY organization_id, activity_date, event_type, activity_id
  ),
  by_contact AS (
    SELECT
      organization_id,
      activity_date,
      event_type,
      contact_key,
      SUM(raw_events) AS raw_events,
      SUM(raw_events) - SUM(machine_events) AS events
    FROM contact_rows
    GROUP BY organization_id, activity_date, event_type, contact_key
  ),
  contacts AS (
    SELECT
      organization_id,
      activity_date,
      event_type,
      SUM(events) AS events,
      COUNTIF(events > 0) AS unique_contacts,
      SUM(raw_events) AS raw_events,
      COUNT(*) AS raw_unique_contacts
    FROM by_contact
    GROUP BY organization_id, activity_date, event_type
  ),
  campaign_rows AS (
    -- Observations that stand twice do so in both counts, so that the difference is 0 where people did nothing.
    SELECT organization_id, activity_date, event_type, campaign_id, COUNT(*) AS raw_events, 0 AS machine_events
    FROM `${dataset}`.`observations`
    GROUP BY organization_id, activity_date, event_type, campaign_id
    UNION ALL
    SELECT organization_id, activity_date, event_type, campaign_id, 0, COUNT(*)
    FROM of_machines
    GROUP BY organization_id, activity_date, event_type, campaign_id
  ),
  by_campaign AS (
    SELECT
      organization_id,
      activity_date,
      event_type,
      campaign_id,
      SUM(raw_events) - SUM(machine_events) AS events
    FROM campaign_rows
    GROUP BY organization_id, activity_date, event_type, campaign_id
  ),
  campaigns AS (
    SELECT
      organization_id,
      activity_date,
      event_type,
      COUNTIF(events > 0) AS campaigns,
      COUNT(*) AS raw_campaigns
    FROM by_campaign
    GROUP BY organization_id, activity_date, event_type
  )
SELECT
  contacts.organization_id,
  contacts.activity_date,
  contacts.event_type,
  contacts.events,
  contacts.unique_contacts,
  campaigns.campaigns,
  contacts.raw_events,
  contacts.raw_unique_contacts,
  campaigns.raw_campaigns
FROM contacts
INNER JOIN campaigns
  ON contacts.organization_id = campaigns.organization_id
  AND contacts.activity_date = campaigns.activity_date
  AND contacts.event_type = campaigns.event_type
