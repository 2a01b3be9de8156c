-- One row is one contact and one campaign in which it did anything: what it did, and when first.
--
-- Nobody is told here who received the campaign and did nothing: ActiveCampaign's reports do not say it. Plain columns
-- leave out the opens and clicks of recognised machines; raw_* include them.
WITH
  events AS (
    SELECT organization_id, contact_key, campaign_id, event_type, touched_at, growth, is_machine, is_first_by_person
    FROM `${dataset}`.`touch_observations`
    UNION ALL
    SELECT organization_id, contact_key, campaign_id, event_type, activity_timestamp, 0, FALSE, FALSE
    FROM `${dataset}`.`observations`
    WHERE event_type IN ('bounce', 'unsubscribe', 'forward')
  )
SELECT
  organization_id,
  contact_key,
  campaign_id,
  MIN(CASE WHEN event_type = 'open' AND NOT is_machine THEN touched_at END) AS first_opened_at,
  MIN(CASE WHEN event_type = 'click' AND NOT is_machine THEN touched_at END) AS first_clicked_at,
  CAST(SUM(CASE WHEN event_type = 'open' AND NOT is_machine THEN growth ELSE 0 END) AS INT64) AS opens,
  CAST(SUM(CASE WHEN event_type = 'click' AND NOT is_machine THEN growth ELSE 0 END) AS INT64) AS clicks,
  COUNTIF(event_type = 'click' AND is_first_by_person) AS links_clicked,
  LOGICAL_OR(event_type = 'bounce') AS has_bounced,
  LOGICAL_OR(event_type = 'unsubscribe') AS has_unsubscribed,
  LOGICAL_OR(event_type = 'forward') AS has_forwarded,
  CAST(SUM(CASE WHEN event_type = 'open' THEN growth ELSE 0 END) AS INT64) AS raw_opens,
  CAST(SUM(CASE WHEN event_type = 'click' THEN growth ELSE 0 END) AS INT64) AS raw_clicks
FROM events
GROUP BY organization_id, contact_key, campaign_id
