-- One row is one campaign and one currency: what the campaign earned under each model, and its rank among the campaigns. The row with a NULL campaign, what no e-mail earned, has no rank.
--
-- Campaigns with the same value and credit share a rank. Conversions without a value have the currency NULL and are
-- ranked by credit.
WITH
  ranked_campaigns AS (
    SELECT
      *,
      CASE WHEN campaign_id IS NOT NULL THEN RANK() OVER (
        PARTITION BY organization_id, currency, model, campaign_id IS NULL
        ORDER BY value DESC NULLS LAST, credit DESC NULLS LAST
      ) END AS place
    FROM `${dataset}`.`attribution_by_campaign`
  )
SELECT
  organization_id,
  currency,
  campaign_id,
  MAX(campaign_name) AS campaign_name,
  MAX(conversions) AS conversions,
  MAX(CASE WHEN model = 'first_touch' THEN credit END) AS first_touch_credit,
  MAX(CASE WHEN model = 'first_touch' THEN value END) AS first_touch_value,
  MAX(CASE WHEN model = 'first_touch' THEN place END) AS first_touch_rank,
  MAX(CASE WHEN model = 'last_touch' THEN credit END) AS last_touch_credit,
  MAX(CASE WHEN model = 'last_touch' THEN value END) AS last_touch_value,
  MAX(CASE WHEN model = 'last_touch' THEN place END) AS last_touch_rank,
  MAX(CASE WHEN model = 'linear' THEN credit END) AS linear_credit,
  MAX(CASE WHEN model = 'linear' THEN value END) AS linear_value,
  MAX(CASE WHEN model = 'linear' THEN place END) AS linear_rank,
  MAX(CASE WHEN model = 'position_based' THEN credit END) AS position_based_credit,
  MAX(CASE WHEN model = 'position_based' THEN value END) AS position_based_value,
  MAX(CASE WHEN model = 'position_based' THEN place END) AS position_based_rank,
  MAX(CASE WHEN model = 'time_decay' THEN credit END) AS time_decay_credit,
  MAX(CASE WHEN model = 'time_decay' THEN value END) AS time_decay_value,
  MAX(CASE WHEN model = 'time_decay' THEN place END) AS time_decay_rank,
  MIN(place) AS best_rank,
  MAX(place) AS worst_rank
FROM ranked_campaigns
GROUP BY organization_id, currency, campaign_id
