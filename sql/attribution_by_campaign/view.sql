-- One row is one campaign, one model and one currency, with what the campaign earned in it. The row of NULL campaign is what no e-mail earned, so that the rows of a model and a currency sum to all conversions.
--
-- Conversions without a value have the currency NULL; two currencies are never added.
WITH
  earned AS (
    SELECT
      organization_id,
      model,
      currency,
      campaign_id,
      MAX(campaign_name) AS campaign_name,
      COUNT(DISTINCT conversion_id) AS conversions,
      SUM(credit) AS credit,
      SUM(value) AS value
    FROM `${dataset}`.`attribution`
    GROUP BY organization_id, model, currency, campaign_id
  )
SELECT
  earned.organization_id,
  model,
  currency,
  earned.campaign_id,
  earned.campaign_name,
  conversions,
  credit,
  value,
  send_amt AS sends,
  SAFE_DIVIDE(CAST(value AS FLOAT64), CAST(send_amt AS FLOAT64)) AS value_per_send
FROM earned
LEFT JOIN `${dataset}`.`campaigns_current` AS campaigns
  ON campaigns.organization_id = earned.organization_id
  AND campaigns.campaign_id = earned.campaign_id
