-- One row is one conversion or refund, one touch and one model, with the credit that the model gives the touch. A conversion without a touch has one row per model, with a NULL campaign and all the credit.
--
-- The credits of a conversion sum to exactly 1 under each model, and the values to exactly the conversion's: both are
-- whole numbers here (of 1e-9, and of the currency's smallest unit), distributed by largest remainder, the earlier touch
-- first if remainders are equal. first_touch and last_touch give all to one touch; linear gives each the same;
-- position_based gives first_percent, last_percent and the rest in equal parts; time_decay half as much for every
-- half_life_days before the newest touch. A refund takes from each touch of its conversion what the touch had earned of
-- the refunded part: all that was refunded so far is distributed, less what had been refunded before.
WITH
  touch_ages AS (
    SELECT
      *,
      UNIX_MICROS(MAX(last_touched_at) OVER (PARTITION BY organization_id, conversion_id))
        - UNIX_MICROS(last_touched_at) AS age_us,
      touches - COUNT(CASE WHEN is_first OR is_last THEN 1 END)
        OVER (PARTITION BY organization_id, conversion_id) AS others
    FROM `${dataset}`.`attribution_touches`
  ),
  touch_decay_weights AS (
    SELECT
      touch_ages.*,
      first_percent,
      last_percent,
      GREATEST(100 - first_percent - last_percent, 0) AS middle_percent,
      -- 30 bits: fine enough for a credit of 1e-9, coarse enough for every engine to round to the same number.
      CAST(ROUND(POW(0.5, age_us / (half_life_days * 86400000000)) * 1073741824) AS INT64) AS decay_weight
    FROM touch_ages
    INNER JOIN `${dataset}`.`attribution_parameters` AS parameters
      ON parameters.organization_id = touch_ages.organization_id
  ),
  touch_decay_totals AS (
    SELECT
      *,
      CAST(SUM(decay_weight) OVER (PARTITION BY organization_id, conversion_id) AS INT64) AS decay_total
    FROM touch_decay_weights
  ),
  model_weights AS (
    SELECT
      touch_decay_totals.*,
      model,
      CASE
        WHEN touches = 0 THEN 1
        WHEN model = 'first_touch' THEN CASE WHEN is_first THEN 1 ELSE 0 END
        WHEN model = 'last_touch' THEN CASE WHEN is_last THEN 1 ELSE 0 END
        WHEN model = 'linear' THEN 1
        WHEN model = 'position_based' THEN
          CASE WHEN is_first THEN first_percent * GREATEST(others, 1) ELSE 0 END
          + CASE WHEN is_last THEN last_percent * GREATEST(others, 1) ELSE 0 END
          + CASE WHEN is_first OR is_last THEN 0 ELSE middle_percent END
        ELSE decay_weight
      END AS weight,
      CASE
        WHEN touches = 0 THEN 1
        WHEN model = 'linear' THEN touches
        WHEN model = 'position_based' THEN (first_percent + last_percent) * GREATEST(others, 1) + middle_percent * others
        WHEN model = 'time_decay' THEN decay_total
        ELSE 1
      END AS total_weight
    FROM touch_decay_totals
    CROSS JOIN UNNEST(['first_touch', 'last_touch', 'linear', 'position_based', 'time_decay']) AS model
  ),
  credit_quotients AS (
    SELECT
      *,
      DIV(weight * 1000000000, total_weight) AS whole_credits,
      MOD(weight * 1000000000, total_weight) AS credit_remainder
    FROM model_weights
  ),
  touch_credits AS (
    SELECT
      *,
      whole_credits + CASE
        WHEN ROW_NUMBER() OVER (
          PARTITION BY organization_id, conversion_id, model
          ORDER BY credit_remainder DESC NULLS LAST, position ASC NULLS LAST
        ) <= 1000000000 - SUM(whole_credits) OVER (PARTITION BY organization_id, conversion_id, model) THEN 1
        ELSE 0
      END AS credits
    FROM credit_quotients
  ),
  -- The amounts that the credits divide: the conversion's own, and those of its refunds.
  credited_amounts AS (
    SELECT
      credits.organization_id,
      amounts.conversion_id,
      credits.model,
      credits.touches,
      credits.position,
      credits.campaign_id,
      credits.campaign_name,
      credits.message_id,
      credits.contact_key,
      credits.event_type,
      credits.link_id,
      credits.touched_at,
      credits.last_touched_at,
      amounts.counts_as,
      CASE WHEN amounts.counts_as = 'refund' THEN amounts.refund_of END AS refund_of,
      amounts.user_id,
      amounts.email,
      amounts.converted_at,
      amounts.kind,
      amounts.currency,
      amounts.value,
      amounts.amount_from,
      amounts.amount_until,
      credits.credits,
      -- The whole amount in 1/10000 and how many of those the currency's smallest unit has: a cent has 100.
      CASE
        WHEN amounts.currency IN (
          'BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'UYI', 'VND', 'VUV', 'XAF',
          'XOF', 'XPF'
        ) THEN 10000
        WHEN amounts.currency IN ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') THEN 10
        WHEN amounts.currency IN ('CLF', 'UYW') THEN 1
        ELSE 100
      END AS usual_unit_size
    FROM touch_credits AS credits
    INNER JOIN `${dataset}`.`conversion_amounts` AS amounts
      ON amounts.organization_id = credits.organization_id
      AND amounts.credited_as = credits.conversion_id
  ),
  credited_unit_sizes AS (
    SELECT
      *,
      -- An amount with more decimals than its currency keeps them.
      CASE
        WHEN MOD(amount_from, usual_unit_size) + MOD(amount_until, usual_unit_size) = 0 THEN usual_unit_size
        WHEN MOD(amount_from, 100) + MOD(amount_until, 100) = 0 THEN 100
        WHEN MOD(amount_from, 10) + MOD(amount_until, 10) = 0 THEN 10
        ELSE 1
      END AS unit_size
    FROM credited_amounts
  ),
  credited_units AS (
    SELECT
      *,
      DIV(amount_from, unit_size) AS units_from,
      DIV(amount_until, unit_size) AS units_until
    FROM credited_unit_sizes
  ),
  -- units * credits would not fit: billions of units and the rest are multiplied separately.
  value_quotients AS (
    SELECT
      *,
      DIV(units_from, 1000000000) * credits + DIV(MOD(units_from, 1000000000) * credits, 1000000000) AS whole_from,
      MOD(MOD(units_from, 1000000000) * credits, 1000000000) AS remainder_from,
      DIV(units_until, 1000000000) * credits + DIV(MOD(units_until, 1000000000) * credits, 1000000000) AS whole_until,
      MOD(MOD(units_until, 1000000000) * credits, 1000000000) AS remainder_until
    FROM credited_units
  ),
  touch_earnings AS (
    SELECT
      *,
      whole_until + CASE
        WHEN ROW_NUMBER() OVER (
          PARTITION BY organization_id, conversion_id, counts_as, model
          ORDER BY remainder_until DESC NULLS LAST, position ASC NULLS LAST
        ) <= units_until - SUM(whole_until) OVER (PARTITION BY organization_id, conversion_id, counts_as, model) THEN 1
        ELSE 0
      END AS earned_until,
      whole_from + CASE
        WHEN ROW_NUMBER() OVER (
          PARTITION BY organization_id, conversion_id, counts_as, model
          ORDER BY remainder_from DESC NULLS LAST, position ASC NULLS LAST
        ) <= units_from - SUM(whole_from) OVER (PARTITION BY organization_id, conversion_id, counts_as, model) THEN 1
        ELSE 0
      END AS earned_from
    FROM value_quotients
  )
SELECT
  organization_id,
  conversion_id,
  model,
  touches,
  position,
  campaign_id,
  campaign_name,
  message_id,
  contact_key,
  event_type,
  link_id,
  touched_at,
  last_touched_at,
  user_id,
  email,
  converted_at,
  counts_as = 'conversion' AS is_conversion,
  refund_of,
  kind,
  currency,
  value AS conversion_value,
  CASE WHEN counts_as = 'conversion' THEN credits ELSE 0 END * CAST('0.000000001' AS NUMERIC) AS credit,
  CASE WHEN counts_as = 'conversion' THEN 1 ELSE -1 END * (earned_until - earned_from) * unit_size
    * CAST('0.0001' AS NUMERIC) AS value
FROM touch_earnings
