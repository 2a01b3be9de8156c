-- One row is one event type of one account: the newest activity, when anything was last written, and the lag between.
--
-- A sync that finds nothing new writes nothing: a type that is rare, like forwards, is old without anything being wrong.
-- account_hours_since_sync is the one to watch.
WITH
  newest AS (
    SELECT
      organization_id,
      event_type,
      MAX(activity_timestamp) AS newest_activity_at,
      MAX(created_at) AS newest_sync_at
    FROM `${dataset}`.`observations`
    GROUP BY organization_id, event_type
  ),
  with_account AS (
    SELECT *, MAX(newest_sync_at) OVER (PARTITION BY organization_id) AS account_newest_sync_at
    FROM newest
  )
SELECT
  with_account.*,
  (UNIX_MICROS(newest_sync_at) - UNIX_MICROS(newest_activity_at)) / 3600000000 AS lag_hours,
  (UNIX_MICROS(settings.as_of) - UNIX_MICROS(newest_sync_at)) / 3600000000 AS hours_since_sync,
  (UNIX_MICROS(settings.as_of) - UNIX_MICROS(account_newest_sync_at)) / 3600000000 AS account_hours_since_sync
FROM with_account
CROSS JOIN `${dataset}`.`view_settings` AS settings
