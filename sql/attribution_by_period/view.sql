-- One row is one campaign, one model, one currency and one period (reporting_periods), with what the campaign earned in it. The row with a NULL campaign is what no e-mail earned.
--
-- As attribution_by_month, for every period: a conversion counts in each period that contains its day.
WITH
  daily_credits AS (
    SELECT
      credits.organization_id,
      DATE(converted_at, COALESCE(time_zone, 'UTC')) AS day,
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
    GROUP BY credits.organization_id, day, model, currency, campaign_id
  )
SELECT
  daily_credits.organization_id,
  period,
  model,
  currency,
  campaign_id,
  MAX(campaign_name) AS campaign_name,
  CAST(SUM(conversions) AS INT64) AS conversions,
  SUM(credit) AS credit,
  SUM(value) AS value
FROM daily_credits
INNER JOIN `${dataset}`.`reporting_periods` AS periods
  ON daily_credits.organization_id = periods.organization_id
  AND daily_credits.day >= COALESCE(periods.starts_on, daily_credits.day)
  AND daily_credits.day <= COALESCE(periods.ends_on, daily_credits.day)
GROUP BY daily_credits.organization_id, period, model, currency, campaign_id
