-- One row is one conversion, or one amount that is counted apart, with its path: the campaigns in the order of their touches.
--
-- Consecutive touches of one campaign are one step. Of a path with more than 10 steps, the last 10 follow "...".
WITH
  touches_with_previous AS (
    SELECT
      *,
      LAG(campaign_id) OVER (PARTITION BY organization_id, conversion_id ORDER BY position ASC NULLS LAST) AS campaign_before
    FROM `${dataset}`.`attribution_touches`
  ),
  touches_with_steps AS (
    SELECT *, CASE WHEN position = 1 OR campaign_id <> campaign_before THEN 1 ELSE 0 END AS is_step
    FROM touches_with_previous
  ),
  touches_with_steps_to_go AS (
    SELECT
      *,
      SUM(is_step) OVER (
        PARTITION BY organization_id, conversion_id
        ORDER BY position DESC NULLS LAST
        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
      ) AS steps_to_go
    FROM touches_with_steps
  ),
  conversion_paths AS (
    SELECT
      organization_id,
      conversion_id,
      MAX(converted_at) AS converted_at,
      MAX(currency) AS currency,
      LOGICAL_OR(is_conversion) AS is_conversion,
      -- What was refunded was not earned.
      MAX(value - refunded) AS value,
      MAX(touches) AS touches,
      MAX(UNIX_MICROS(converted_at)) - MIN(UNIX_MICROS(touched_at)) AS duration_us,
      CAST(SUM(is_step) AS INT64) AS steps,
      STRING_AGG(CASE WHEN is_step = 1 AND steps_to_go <= 10 THEN CAST(campaign_id AS STRING) END, ' > ' ORDER BY position ASC)
        AS campaign_ids,
      STRING_AGG(CASE WHEN is_step = 1 AND steps_to_go <= 10 THEN campaign_name END, ' > ' ORDER BY position ASC)
        AS campaign_names
    FROM touches_with_steps_to_go
    GROUP BY organization_id, conversion_id
  )
SELECT
  paths.organization_id,
  conversion_id,
  converted_at,
  CAST(DATE_TRUNC(DATE(converted_at, COALESCE(time_zone, 'UTC')), MONTH) AS DATE) AS month,
  currency,
  is_conversion,
  value,
  touches,
  LEAST(steps, 11) AS steps,
  CASE WHEN steps > 10 THEN CONCAT('... > ', campaign_ids) ELSE campaign_ids END AS campaign_ids,
  CASE WHEN steps > 10 THEN CONCAT('... > ', campaign_names) ELSE campaign_names END AS campaign_names,
  duration_us
FROM conversion_paths AS paths
LEFT JOIN `${dataset}`.`reporting_settings` AS reporting
  ON paths.organization_id = reporting.organization_id
