-- One row is one campaign and event type (open or click): how long after the send its contacts first opened or clicked.
--
-- Campaigns that were sent to everybody at once only: an automation's rows do not show when it sent. Without recognised
-- machines. Where the account's times are those of the last event (timestamp_meaning), first means first seen by a sync.
WITH
  first_events AS (
    SELECT organization_id, campaign_id, 'open' AS event_type, first_opened_at AS happened_at
    FROM `${dataset}`.`contact_campaigns`
    WHERE first_opened_at IS NOT NULL
    UNION ALL
    SELECT organization_id, campaign_id, 'click', first_clicked_at
    FROM `${dataset}`.`contact_campaigns`
    WHERE first_clicked_at IS NOT NULL
  ),
  responses AS (
    SELECT
      events.organization_id,
      events.campaign_id,
      event_type,
      UNIX_MICROS(happened_at) - UNIX_MICROS(campaigns.sent_at) AS delay_us
    FROM first_events AS events
    INNER JOIN `${dataset}`.`campaigns_current` AS campaigns
      ON campaigns.organization_id = events.organization_id
      AND campaigns.campaign_id = events.campaign_id
    WHERE campaigns.is_broadcast AND happened_at >= campaigns.sent_at
  ),
  hourly_responses AS (
    SELECT organization_id, campaign_id, event_type, DIV(delay_us, 3600000000) AS hours, COUNT(*) AS contacts
    FROM responses
    GROUP BY organization_id, campaign_id, event_type, hours
  ),
  running_responses AS (
    SELECT
      *,
      SUM(contacts) OVER (
        PARTITION BY organization_id, campaign_id, event_type
        ORDER BY hours ASC NULLS LAST
        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
      ) AS contacts_by_then,
      SUM(contacts) OVER (PARTITION BY organization_id, campaign_id, event_type) AS all_contacts
    FROM hourly_responses
  )
SELECT
  organization_id,
  campaign_id,
  event_type,
  CAST(SUM(contacts) AS INT64) AS contacts,
  CAST(SUM(CASE WHEN hours < 1 THEN contacts ELSE 0 END) AS INT64) AS within_hour,
  CAST(SUM(CASE WHEN hours < 24 THEN contacts ELSE 0 END) AS INT64) AS within_day,
  CAST(SUM(CASE WHEN hours < 168 THEN contacts ELSE 0 END) AS INT64) AS within_week,
  MIN(CASE WHEN contacts_by_then * 2 >= all_contacts THEN hours + 1 END) AS half_within_hours
FROM running_responses
GROUP BY organization_id, campaign_id, event_type
