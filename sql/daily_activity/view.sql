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
      MIN(campaign_id) AS campaign_id,
      MIN(contact_key) AS contact_key,
      MIN(COALESCE(link_id, '')) AS link
    FROM `${dataset}`.`observations`
    GROUP BY organization_id, activity_date, event_type, activity_id
  ),
  observed AS (
    SELECT
      once.organization_id,
      once.activity_date,
      once.event_type,
      once.campaign_id,
      once.contact_key,
      machines.contact_key IS NOT NULL AS is_machine
    FROM once
    LEFT JOIN machines
      ON once.campaign_id = machines.campaign_id
      AND once.contact_key = machines.contact_key
      AND once.link = machines.link
      AND once.event_type = machines.event_type
      AND once.organization_id = machines.organization_id
  )
SELECT
  organization_id,
  activity_date,
  event_type,
  COUNTIF(NOT is_machine) AS events,
  COUNT(DISTINCT IF(is_machine, NULL, contact_key)) AS unique_contacts,
  COUNT(DISTINCT IF(is_machine, NULL, campaign_id)) AS campaigns,
  COUNT(*) AS raw_events,
  COUNT(DISTINCT contact_key) AS raw_unique_contacts,
  COUNT(DISTINCT campaign_id) AS raw_campaigns
FROM observed
GROUP BY organization_id, activity_date, event_type
