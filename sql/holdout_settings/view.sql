-- One row is one account that holds contacts out: whom, from whom they were drawn, and from which day to which.
--
-- The days are those of its reporting time zone. Without a last day the present one is the last; without a first day,
-- nothing is compared.
WITH
  newest_settings AS (
    SELECT organization_id, name, TRIM(value) AS value
    FROM `${dataset}`.`attribution_settings`
    WHERE name IN ('holdout_list', 'holdout_tag', 'holdout_drawn_from', 'holdout_from', 'holdout_until')
    QUALIFY ROW_NUMBER() OVER (
      PARTITION BY organization_id, name
      ORDER BY updated_at DESC NULLS LAST, value ASC NULLS LAST
    ) = 1
  ),
  holdouts AS (
    SELECT
      organization_id,
      MAX(CASE WHEN name = 'holdout_list' THEN value END) AS held_out_list,
      MAX(CASE WHEN name = 'holdout_tag' THEN value END) AS held_out_tag,
      MAX(CASE WHEN name = 'holdout_drawn_from' THEN value END) AS drawn_from_list,
      MAX(CASE WHEN name = 'holdout_from' THEN SAFE_CAST(value AS DATE) END) AS first_day,
      MAX(CASE WHEN name = 'holdout_until' THEN SAFE_CAST(value AS DATE) END) AS last_day
    FROM newest_settings
    WHERE value <> '' AND LOWER(value) <> 'none'
    GROUP BY organization_id
  )
SELECT
  holdouts.organization_id,
  holdouts.held_out_list,
  holdouts.held_out_tag,
  holdouts.drawn_from_list,
  holdouts.first_day,
  LEAST(
    COALESCE(holdouts.last_day, DATE(settings.as_of, COALESCE(reporting.time_zone, 'UTC'))),
    DATE(settings.as_of, COALESCE(reporting.time_zone, 'UTC'))
  ) AS last_day,
  COALESCE(reporting.time_zone, 'UTC') AS time_zone
FROM holdouts
CROSS JOIN `${dataset}`.`view_settings` AS settings
LEFT JOIN `${dataset}`.`reporting_settings` AS reporting
  ON reporting.organization_id = holdouts.organization_id
WHERE holdouts.held_out_list IS NOT NULL OR holdouts.held_out_tag IS NOT NULL
