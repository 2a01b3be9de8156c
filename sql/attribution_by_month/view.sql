-- One row is one campaign, one model, one currency and one month of conversions, with what the campaign earned in it. The row with a NULL campaign is what no e-mail earned.
--
-- Conversions without a value have the currency NULL; two currencies are never added. A month begins at midnight in the
-- account's reporting_time_zone.
SELECT
  credits.organization_id,
  CAST(DATE_TRUNC(DATE(converted_at, COALESCE(time_zone, 'UTC')), MONTH) AS DATE) AS month,
  model,
  currency,
  campaign_id,
  MAX(campaign_name) AS campaign_name,
  COUNT(DISTINCT CASE WHEN is_conversion THEN conversion_id END) AS conversions,
  SUM(credit) AS credit,
  SUM(value) AS value
FROM `${dataset}`.`attribution` AS credits
LEFT JOIN `${dataset}`.`reporting_settings` AS reporting
  ON credits.organization_id = reporting.organization_id
GROUP BY credits.organization_id, month, model, currency, campaign_id
