-- One row is one account, with every setting of its attribution: as chosen in attribution_settings, or else the default.
--
-- A value that is not a whole number within its bounds leaves the default: nothing is ever divided by zero.
WITH
  accounts AS (
    SELECT organization_id FROM `${dataset}`.`campaigns`
    UNION DISTINCT
    SELECT organization_id FROM `${dataset}`.`conversions_in_use`
    UNION DISTINCT
    SELECT organization_id FROM `${dataset}`.`attribution_settings`
  ),
  newest_settings AS (
    SELECT organization_id, name, LOWER(TRIM(value)) AS value
    FROM `${dataset}`.`attribution_settings`
    QUALIFY ROW_NUMBER() OVER (
      PARTITION BY organization_id, name
      ORDER BY updated_at DESC NULLS LAST, value ASC NULLS LAST
    ) = 1
  ),
  parsed_settings AS (
    SELECT
      organization_id,
      name,
      -- Only a number that is the same when written back is whole: one engine casts "7.5" to 8, the other to NULL.
      CASE WHEN CAST(SAFE_CAST(value AS INT64) AS STRING) = value THEN SAFE_CAST(value AS INT64) END AS number,
      CASE value WHEN 'true' THEN 1 WHEN 'false' THEN 0 END AS flag
    FROM newest_settings
  )
SELECT
  accounts.organization_id,
  COALESCE(MAX(CASE WHEN name = 'lookback_days' AND number BETWEEN 1 AND 3650 THEN number END), 30) AS lookback_days,
  COALESCE(MAX(CASE WHEN name = 'include_opens' THEN flag END), 0) = 1 AS include_opens,
  COALESCE(MAX(CASE WHEN name = 'include_machine' THEN flag END), 0) = 1 AS include_machine,
  COALESCE(MAX(CASE WHEN name = 'first_percent' AND number BETWEEN 1 AND 99 THEN number END), 40) AS first_percent,
  COALESCE(MAX(CASE WHEN name = 'last_percent' AND number BETWEEN 1 AND 99 THEN number END), 40) AS last_percent,
  COALESCE(MAX(CASE WHEN name = 'half_life_days' AND number BETWEEN 1 AND 3650 THEN number END), 7) AS half_life_days
FROM accounts
LEFT JOIN parsed_settings ON parsed_settings.organization_id = accounts.organization_id
GROUP BY accounts.organization_id
