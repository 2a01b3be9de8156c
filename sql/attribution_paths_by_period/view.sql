-- One row is one path to conversion, one currency and one period (reporting_periods). The rows without steps are for conversions without a touch.
--
-- As attribution_paths, by the day of the conversion in the account's reporting_time_zone.
WITH
  dated_paths AS (
    SELECT paths.*, DATE(converted_at, COALESCE(time_zone, 'UTC')) AS day
    FROM `${dataset}`.`conversion_paths` AS paths
    LEFT JOIN `${dataset}`.`reporting_settings` AS reporting
      ON paths.organization_id = reporting.organization_id
  )
SELECT
  dated_paths.organization_id,
  period,
  currency,
  campaign_ids,
  MAX(campaign_names) AS campaign_names,
  steps,
  COUNTIF(is_conversion) AS conversions,
  SUM(value) AS value,
  CAST(SUM(touches) AS INT64) AS touches,
  ROUND(SAFE_DIVIDE(CAST(SUM(duration_us) AS FLOAT64), COUNTIF(is_conversion)) / 86400000000, 2) AS average_days
FROM dated_paths
INNER JOIN `${dataset}`.`reporting_periods` AS periods
  ON dated_paths.organization_id = periods.organization_id
  AND dated_paths.day >= COALESCE(periods.starts_on, dated_paths.day)
  AND dated_paths.day <= COALESCE(periods.ends_on, dated_paths.day)
WHERE kind <> 'before'
GROUP BY dated_paths.organization_id, period, currency, campaign_ids, steps
