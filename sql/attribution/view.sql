-- One row is one conversion, one touch and one model, with the credit that the model gives the touch. A conversion without a touch has one row per model, with a NULL campaign and all the credit.
--
-- The credits of a conversion sum to exactly 1 under each model, and the values to exactly the conversion's: both are
-- whole numbers here (of 1e-9, and of the currency's smallest unit), distributed by largest remainder, the earlier touch
-- first if remainders are equal. first_touch and last_touch give all to one touch; linear gives each the same;
-- position_based gives first_percent, last_percent and the rest in equal parts; time_decay half as much for every
-- half_life_days before the newest touch.
WITH
  -- The value as a whole number of 1/10000, and how many of those the currency's smallest unit has: a cent has 100.
  touch_values AS (
    SELECT
      *,
      CAST(ROUND(value * 10000) AS INT64) AS ten_thousandths,
      CASE
        WHEN currency IN (
          'BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'UYI', 'VND', 'VUV', 'XAF', 'XOF',
          'XPF'
        ) THEN 10000
        WHEN currency IN ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') THEN 10
        WHEN currency IN ('CLF', 'UYW') THEN 1
        ELSE 100
      END AS usual_unit_size
    FROM `${dataset}`.`attribution_touches`
  ),
  touch_unit_sizes AS (
    SELECT
      *,
      -- A value with more decimals than its currency keeps them.
      CASE
        WHEN MOD(ten_thousandths, usual_unit_size) = 0 THEN usual_unit_size
        WHEN MOD(ten_thousandths, 100) = 0 THEN 100
        WHEN MOD(ten_thousandths, 10) = 0 THEN 10
        ELSE 1
      END AS unit_size,
      UNIX_MICROS(MAX(last_touched_at) OVER (PARTITION BY organization_id, conversion_id))
        - UNIX_MICROS(last_touched_at) AS age_us,
      touches - COUNT(CASE WHEN is_first OR is_last THEN 1 END)
        OVER (PARTITION BY organization_id, conversion_id) AS others
    FROM touch_values
  ),
  touch_decay_weights AS (
    SELECT
      touch_unit_sizes.*,
      DIV(ABS(ten_thousandths), unit_size) AS units,
      first_percent,
      last_percent,
      GREATEST(100 - first_percent - last_percent, 0) AS middle_percent,
      -- 30 bits: fine enough for a credit of 1e-9, coarse enough for every engine to round to the same number.
      CAST(ROUND(POW(0.5, age_us / (half_life_days * 86400000000)) * 1073741824) AS INT64) AS decay_weight
    FROM touch_unit_sizes
    INNER JOIN `${dataset}`.`attribution_parameters` AS parameters
      ON parameters.organization_id = touch_unit_sizes.organization_id
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
      MOD(weight * 1000000000, total_weight) AS credit_remainder,
      -- Otherwise one touch has everything, so there is no remainder to distribute.
      touches > 1 AND model NOT IN ('first_touch', 'last_touch') AS is_shared
    FROM model_weights
  ),
  shared_credits AS (
    SELECT
      * EXCEPT (is_shared),
      whole_credits + CASE
        WHEN ROW_NUMBER() OVER (
          PARTITION BY organization_id, conversion_id, model
          ORDER BY credit_remainder DESC NULLS LAST, position ASC NULLS LAST
        ) <= 1000000000 - SUM(whole_credits) OVER (PARTITION BY organization_id, conversion_id, model) THEN 1
        ELSE 0
      END AS credits
    FROM credit_quotients
    WHERE is_shared
  ),
  -- units * credits would not fit: billions of units and the rest are multiplied separately.
  value_quotients AS (
    SELECT
      *,
      DIV(units, 1000000000) * credits + DIV(MOD(units, 1000000000) * credits, 1000000000) AS whole_units,
      MOD(MOD(units, 1000000000) * credits, 1000000000) AS unit_remainder
    FROM shared_credits
  ),
  touch_earnings AS (
    SELECT
      * EXCEPT (whole_units, unit_remainder),
      whole_units + CASE
        WHEN ROW_NUMBER() OVER (
          PARTITION BY organization_id, conversion_id, model
          ORDER BY unit_remainder DESC NULLS LAST, position ASC NULLS LAST
        ) <= units - SUM(whole_units) OVER (PARTITION BY organization_id, conversion_id, model) THEN 1
        ELSE 0
      END AS earned_units
    FROM value_quotients
    UNION ALL
    SELECT * EXCEPT (is_shared), whole_credits, DIV(weight, total_weight) * units
    FROM credit_quotients
    WHERE NOT is_shared
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
  kind,
  currency,
  value AS conversion_value,
  credits * CAST('0.000000001' AS NUMERIC) AS credit,
  SIGN(ten_thousandths) * earned_units * unit_size * CAST('0.0001' AS NUMERIC) AS value
FROM touch_earnings
