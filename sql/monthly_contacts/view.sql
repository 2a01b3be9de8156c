-- One row is one month of one account, or all its time (month NULL): how many contacts opened and clicked, each counted once.
--
-- Months are those of the account's reporting_time_zone.
WITH
  contact_months AS (
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
  ),
  contact_periods AS (
    SELECT * FROM contact_months
    UNION ALL
    SELECT
      organization_id, contact_key, CAST(NULL AS DATE), LOGICAL_OR(has_opened), LOGICAL_OR(has_clicked),
      LOGICAL_OR(has_raw_opened), LOGICAL_OR(has_raw_clicked)
    FROM contact_months
    GROUP BY organization_id, contact_key
  )
SELECT
  organization_id,
  month,
  COUNTIF(has_opened) AS openers,
  COUNTIF(has_clicked) AS clickers,
  COUNTIF(has_raw_opened) AS raw_openers,
  COUNTIF(has_raw_clicked) AS raw_clickers
FROM contact_periods
GROUP BY organization_id, month
