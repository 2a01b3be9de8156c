-- One row is one path to conversion (the campaigns in the order of their touches) and one currency. The row without steps is for conversions without a touch.
--
-- Consecutive touches of one campaign are one step. Of a path with more than 10 steps, the last 10 follow "...".
SELECT
  organization_id,
  currency,
  campaign_ids,
  MAX(campaign_names) AS campaign_names,
  steps,
  COUNTIF(is_conversion) AS conversions,
  SUM(value) AS value,
  CAST(SUM(touches) AS INT64) AS touches,
  ROUND(SAFE_DIVIDE(CAST(SUM(duration_us) AS FLOAT64), COUNTIF(is_conversion)) / 86400000000, 2) AS average_days
FROM `${dataset}`.`conversion_paths`
GROUP BY organization_id, currency, campaign_ids, steps
