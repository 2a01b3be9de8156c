-- One row is one path to conversion, one currency and one month of conversions. The rows without steps are for conversions without a touch.
--
-- As attribution_paths, by month of the conversion in the account's reporting_time_zone.
SELECT
  organization_id,
  month,
  currency,
  campaign_ids,
  MAX(campaign_names) AS campaign_names,
  steps,
  COUNTIF(is_conversion) AS conversions,
  SUM(value) AS value,
  CAST(SUM(touches) AS INT64) AS touches,
  ROUND(SAFE_DIVIDE(CAST(SUM(duration_us) AS FLOAT64), COUNTIF(is_conversion)) / 86400000000, 2) AS average_days
FROM `${dataset}`.`conversion_paths`
GROUP BY organization_id, month, currency, campaign_ids, steps
