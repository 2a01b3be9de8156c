-- One row is one campaign, one model and one currency, with what the campaign earned in it. The row with a NULL campaign is what no e-mail earned, so that the rows of a model and a currency sum to all conversions.
--
-- Conversions without a value have the currency NULL; two currencies are never added.
WITH
  campaign_earnings AS (
    SELECT
      organization_id,
      model,
      currency,
      campaign_id,
      MAX(campaign_name) AS campaign_name,
      COUNT(DISTINCT CASE WHEN is_conversion THEN conversion_id END) AS conversions,
      SUM(credit) AS credit,
      SUM(value) AS value
    FROM `${dataset}`.`attribution`
    GROUP BY organization_id, model, currency, campaign_id
  )
SELECT
  campaign_earnings.organization_id,
  model,
  currency,
  campaign_earnings.campaign_id,
  campaign_earnings.campaign_name,
  conversions,
  credit,
  value,
  send_amt AS sends,
  SAFE_DIVIDE(CAST(value AS FLOAT64), CAST(send_amt AS FLOAT64)) AS value_per_send
FROM campaign_earnings
LEFT JOIN `${dataset}`.`campaigns_current` AS campaigns
  ON campaigns.organization_id = campaign_earnings.organization_id
  AND campaigns.campaign_id = campaign_earnings.campaign_id
