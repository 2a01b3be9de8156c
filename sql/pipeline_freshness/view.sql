-- One row is one event type of one account: the newest activity, when one was last written, and the lag between the two.
--
-- A sync that finds nothing new writes nothing, so a rare type, such as forwards, may be old without a problem.
-- account_hours_since_sync is the number to monitor.
WITH
  newest_activities AS (
    SELECT
      organization_id,
      event_type,
      MAX(activity_timestamp) AS newest_activity_at,
      MAX(created_at) AS newest_sync_at
    FROM `${dataset}`.`observations`
    GROUP BY organization_id, event_type
  ),
  newest_activities_with_account AS (
    SELECT *, MAX(newest_sync_at) OVER (PARTITION BY organization_id) AS account_newest_sync_at
    FROM newest_activities
  )
SELECT
  newest_activities_with_account.*,
  (UNIX_MICROS(newest_sync_at) - UNIX_MICROS(newest_activity_at)) / 3600000000 AS lag_hours,
  (UNIX_MICROS(settings.as_of) - UNIX_MICROS(newest_sync_at)) / 3600000000 AS hours_since_sync,
  (UNIX_MICROS(settings.as_of) - UNIX_MICROS(account_newest_sync_at)) / 3600000000 AS account_hours_since_sync
FROM newest_activities_with_account
CROSS JOIN `${dataset}`.`view_settings` AS settings
