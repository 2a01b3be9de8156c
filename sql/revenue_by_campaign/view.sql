-- One row is one campaign and one currency: what its clicks earned by their last touch and in equal shares, and how much that is per e-mail.
--
-- Buyers and orders are those of the last touch, so that each counts at one campaign only. Refunds are taken off the value.
-- Two currencies are never added.
WITH
  campaign_earnings AS (
    SELECT
      organization_id,
      campaign_id,
      currency,
      COUNT(DISTINCT CASE WHEN model = 'last_touch' AND is_conversion AND credit > 0 THEN contact_key END) AS buyers,
      COUNT(DISTINCT CASE WHEN model = 'last_touch' AND is_conversion AND credit > 0 THEN conversion_id END) AS orders,
      SUM(CASE WHEN model = 'last_touch' THEN value END) AS last_touch_value,
      SUM(CASE WHEN model = 'linear' THEN value END) AS linear_value
    FROM `${dataset}`.`attribution`
    WHERE campaign_id IS NOT NULL AND model IN ('last_touch', 'linear')
    GROUP BY organization_id, campaign_id, currency
  )
SELECT
  earnings.organization_id,
  earnings.campaign_id,
  engagement.campaign_name,
  currency,
  buyers,
  orders,
  last_touch_value,
  linear_value,
  engagement.sent,
  engagement.delivered,
  SAFE_DIVIDE(CAST(last_touch_value AS FLOAT64), CAST(engagement.sent AS FLOAT64)) AS value_per_recipient,
  SAFE_DIVIDE(CAST(last_touch_value AS FLOAT64), CAST(engagement.delivered AS FLOAT64)) AS value_per_delivered,
  SAFE_DIVIDE(CAST(last_touch_value AS FLOAT64), CAST(buyers AS FLOAT64)) AS value_per_buyer
FROM campaign_earnings AS earnings
LEFT JOIN `${dataset}`.`campaign_engagement` AS engagement
  ON engagement.organization_id = earnings.organization_id
  AND engagement.campaign_id = earnings.campaign_id
