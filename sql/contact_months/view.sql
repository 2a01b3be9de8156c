-- One row is one contact and one month in which it opened or clicked.
--
-- Months are those of the account's reporting_time_zone.
SELECT
  touches.organization_id,
  contact_key,
  CAST(DATE_TRUNC(DATE(touched_at, COALESCE(time_zone, 'UTC')), MONTH) AS DATE) AS month,
  LOGICAL_OR(event_type = 'open' AND NOT is_machine) AS has_opened,
  LOGICAL_OR(event_type = 'click' AND NOT is_machine) AS has_clicked,
  LOGICAL_OR(event_type = 'open') AS has_raw_opened,
  LOGICAL_OR(event_type = 'click') AS has_raw_clicked
FROM `${dataset}`.`touch_observations` AS touches
LEFT JOIN `${dataset}`.`reporting_settings` AS reporting
  ON touches.organization_id = reporting.organization_id
GROUP BY touches.organization_id, contact_key, month
