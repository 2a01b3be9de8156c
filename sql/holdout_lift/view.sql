-- One row is one account with a holdout and one measure: the share of contacts that converted, or their value in one currency, among those who were held out and the others, and the difference with its interval of 95 in 100.
--
-- Everybody counts in the group that they were assigned to, whatever they did. The interval of a difference of shares is
-- Newcombe's, from two Wilson intervals, which holds for any numbers. That of values is Welch's, with as many degrees of
-- freedom as it has: it is too narrow where few contacts bought, so there is none for less than 10 buyers in a group, and
-- a word of caution below 100.
WITH
  grouped_contacts AS (
    SELECT
      organization_id,
      COUNTIF(is_held_out) AS held_out_contacts,
      COUNTIF(NOT is_held_out) AS mailed_contacts,
      COUNTIF(is_held_out AND was_reached) AS held_out_reached
    FROM `${dataset}`.`holdout_contacts`
    GROUP BY organization_id
  ),
  buyers AS (
    SELECT
      organization_id,
      COUNT(DISTINCT CASE WHEN is_held_out AND NOT is_before THEN contact_key END) AS held_out_buyers,
      COUNT(DISTINCT CASE WHEN NOT is_held_out AND NOT is_before THEN contact_key END) AS mailed_buyers,
      COUNT(DISTINCT CASE WHEN is_held_out AND is_before THEN contact_key END) AS held_out_buyers_before,
      COUNT(DISTINCT CASE WHEN NOT is_held_out AND is_before THEN contact_key END) AS mailed_buyers_before,
      COUNTIF(is_in_both AND is_held_out AND NOT is_before) AS conversions_in_both
    FROM `${dataset}`.`holdout_conversions`
    GROUP BY organization_id
  ),
  holdouts AS (
    SELECT
      holdouts.organization_id,
      holdouts.first_day,
      holdouts.last_day,
      COALESCE(grouped_contacts.held_out_contacts, 0) AS held_out_contacts,
      COALESCE(grouped_contacts.mailed_contacts, 0) AS mailed_contacts,
      COALESCE(grouped_contacts.held_out_reached, 0) AS held_out_reached,
      COALESCE(buyers.held_out_buyers, 0) AS held_out_buyers,
      COALESCE(buyers.mailed_buyers, 0) AS mailed_buyers,
      COALESCE(buyers.held_out_buyers_before, 0) AS held_out_buyers_before,
      COALESCE(buyers.mailed_buyers_before, 0) AS mailed_buyers_before,
      COALESCE(buyers.conversions_in_both, 0) AS conversions_in_both
    FROM `${dataset}`.`holdout_settings` AS holdouts
    LEFT JOIN grouped_contacts
      ON grouped_contacts.organization_id = holdouts.organization_id
    LEFT JOIN buyers
      ON buyers.organization_id = holdouts.organization_id
  ),

  -- conversion_rate
  shares AS (
    SELECT
      *,
      SAFE_DIVIDE(held_out_buyers, held_out_contacts) AS held_out_share,
      SAFE_DIVIDE(mailed_buyers, mailed_contacts) AS mailed_share,
      SAFE_DIVIDE(held_out_buyers_before + mailed_buyers_before, held_out_contacts + mailed_contacts) AS share_before,
      SAFE_DIVIDE(mailed_buyers_before, mailed_contacts) - SAFE_DIVIDE(held_out_buyers_before, held_out_contacts)
        AS difference_before,
      SAFE_DIVIDE(1, held_out_contacts) + SAFE_DIVIDE(1, mailed_contacts) AS spread,
      -- The square of the quantile, per contact.
      SAFE_DIVIDE(3.841458820694124, held_out_contacts) AS held_out_z2,
      SAFE_DIVIDE(3.841458820694124, mailed_contacts) AS mailed_z2
    FROM holdouts
  ),
  wilson_intervals AS (
    SELECT
      *,
      (held_out_share + held_out_z2 / 2) / (1 + held_out_z2) AS held_out_centre,
      (mailed_share + mailed_z2 / 2) / (1 + mailed_z2) AS mailed_centre,
      SQRT(held_out_z2 * (held_out_share * (1 - held_out_share) + held_out_z2 / 4)) / (1 + held_out_z2) AS held_out_reach,
      SQRT(mailed_z2 * (mailed_share * (1 - mailed_share) + mailed_z2 / 4)) / (1 + mailed_z2) AS mailed_reach
    FROM shares
  ),
  rates AS (
    SELECT
      organization_id,
      'conversion_rate' AS measure,
      CAST(NULL AS STRING) AS currency,
      held_out_buyers,
      mailed_buyers,
      held_out_share AS held_out_average,
      mailed_share AS mailed_average,
      mailed_share - held_out_share
      - SQRT(
        POW(mailed_share - (mailed_centre - mailed_reach), 2)
        + POW((held_out_centre + held_out_reach) - held_out_share, 2)
      ) AS lowest_difference,
      mailed_share - held_out_share
      + SQRT(
        POW((mailed_centre + mailed_reach) - mailed_share, 2)
        + POW(held_out_share - (held_out_centre - held_out_reach), 2)
      ) AS highest_difference
    FROM wilson_intervals
  ),

  -- value_per_contact: who bought nothing has a value of 0
  buyer_values AS (
    SELECT organization_id, currency, contact_key, is_held_out, SUM(value) AS value
    FROM `${dataset}`.`holdout_conversions`
    WHERE NOT is_before AND currency IS NOT NULL
    GROUP BY organization_id, currency, contact_key, is_held_out
  ),
  currency_sums AS (
    SELECT
      organization_id,
      currency,
      COUNTIF(is_held_out) AS held_out_buyers,
      COUNTIF(NOT is_held_out) AS mailed_buyers,
      CAST(SUM(CASE WHEN is_held_out THEN value ELSE 0 END) AS FLOAT64) AS held_out_value,
      CAST(SUM(CASE WHEN is_held_out THEN 0 ELSE value END) AS FLOAT64) AS mailed_value
    FROM buyer_values
    GROUP BY organization_id, currency
  ),
  averages AS (
    SELECT
      sums.organization_id,
      sums.currency,
      sums.held_out_buyers,
      sums.mailed_buyers,
      holdouts.held_out_contacts,
      holdouts.mailed_contacts,
      SAFE_DIVIDE(sums.held_out_value, holdouts.held_out_contacts) AS held_out_average,
      SAFE_DIVIDE(sums.mailed_value, holdouts.mailed_contacts) AS mailed_average
    FROM currency_sums AS sums
    INNER JOIN holdouts
      ON holdouts.organization_id = sums.organization_id
  ),
  squared_deviations AS (
    SELECT
      averages.organization_id,
      averages.currency,
      SUM(CASE WHEN is_held_out THEN POW(CAST(value AS FLOAT64) - held_out_average, 2) ELSE 0 END) AS held_out_squares,
      SUM(CASE WHEN is_held_out THEN 0 ELSE POW(CAST(value AS FLOAT64) - mailed_average, 2) END) AS mailed_squares
    FROM buyer_values
    INNER JOIN averages
      ON averages.organization_id = buyer_values.organization_id
      AND averages.currency = buyer_values.currency
    GROUP BY averages.organization_id, averages.currency
  ),
  variances AS (
    -- Of the averages.
    SELECT
      averages.organization_id,
      averages.currency,
      averages.held_out_contacts,
      averages.mailed_contacts,
      SAFE_DIVIDE(
        held_out_squares + (held_out_contacts - held_out_buyers) * POW(held_out_average, 2),
        held_out_contacts * (held_out_contacts - 1)
      ) AS held_out_variance,
      SAFE_DIVIDE(
        mailed_squares + (mailed_contacts - mailed_buyers) * POW(mailed_average, 2),
        mailed_contacts * (mailed_contacts - 1)
      ) AS mailed_variance
    FROM averages
    INNER JOIN squared_deviations AS deviations
      ON deviations.organization_id = averages.organization_id
      AND deviations.currency = averages.currency
    WHERE LEAST(averages.held_out_buyers, averages.mailed_buyers) >= 10
  ),
  degrees_of_freedom AS (
    SELECT
      *,
      SAFE_DIVIDE(
        POW(held_out_variance + mailed_variance, 2),
        POW(held_out_variance, 2) / (held_out_contacts - 1) + POW(mailed_variance, 2) / (mailed_contacts - 1)
      ) AS degrees
    FROM variances
  ),
  welch_intervals AS (
    -- Student's quantile by its expansion: nine degrees or more, so the error is below 0.001.
    SELECT
      organization_id,
      currency,
      SQRT(held_out_variance + mailed_variance)
      * (1.959963984540054 + 2.372271231 / degrees + 2.822498616 / POW(degrees, 2) + 2.55584968 / POW(degrees, 3)) AS reach
    FROM degrees_of_freedom
  ),
  measures AS (
    SELECT *
    FROM rates
    UNION ALL
    SELECT
      averages.organization_id,
      'value_per_contact',
      averages.currency,
      averages.held_out_buyers,
      averages.mailed_buyers,
      averages.held_out_average,
      averages.mailed_average,
      averages.mailed_average - averages.held_out_average - welch_intervals.reach,
      averages.mailed_average - averages.held_out_average + welch_intervals.reach
    FROM averages
    LEFT JOIN welch_intervals
      ON welch_intervals.organization_id = averages.organization_id
      AND welch_intervals.currency = averages.currency
  ),
  cautions AS (
    SELECT
      measures.*,
      CASE
        WHEN shares.first_day IS NULL THEN 'Nothing is compared until holdout_from says since when they are held out. '
        WHEN shares.last_day < shares.first_day THEN 'The first day is after the last one. '
        WHEN shares.held_out_contacts = 0
          THEN 'Nobody is held out: is the list or the tag spelt as in ActiveCampaign, and were the contacts synced? '
        WHEN shares.mailed_contacts = 0
          THEN 'There is nobody to compare with: is holdout_drawn_from spelt as in ActiveCampaign? '
        WHEN LEAST(measures.held_out_buyers, measures.mailed_buyers) < 10
          THEN 'Fewer than 10 contacts of a group bought: too few to rely on. '
        WHEN measures.measure = 'value_per_contact' AND LEAST(measures.held_out_buyers, measures.mailed_buyers) < 100
          THEN 'Fewer than 100 contacts of a group bought: a few large orders decide, and the interval is too narrow. '
        ELSE ''
      END AS about_numbers,
      CASE
        WHEN ABS(difference_before) > 2.5758293 * SQRT(share_before * (1 - share_before) * spread)
          THEN 'The groups differed before the first day already: they were not drawn by chance, or not from the same contacts. '
        ELSE ''
      END AS about_before,
      CASE
        WHEN shares.held_out_reached > 0
          THEN 'Some who are held out opened or clicked an e-mail of these days: see held_out_reached. '
        ELSE ''
      END AS about_reached,
      CASE
        WHEN shares.conversions_in_both > 0
          THEN 'Some conversions count in both groups, as the person has a contact in either. '
        ELSE ''
      END AS about_both
    FROM measures
    INNER JOIN shares
      ON shares.organization_id = measures.organization_id
  )
SELECT
  cautions.organization_id,
  cautions.measure,
  cautions.currency,
  holdouts.first_day,
  holdouts.last_day,
  holdouts.held_out_contacts,
  holdouts.mailed_contacts,
  cautions.held_out_buyers,
  cautions.mailed_buyers,
  cautions.held_out_average,
  cautions.mailed_average,
  cautions.mailed_average - cautions.held_out_average AS difference,
  cautions.lowest_difference,
  cautions.highest_difference,
  SAFE_DIVIDE(cautions.mailed_average - cautions.held_out_average, cautions.held_out_average) AS lift,
  (cautions.mailed_average - cautions.held_out_average) * holdouts.mailed_contacts AS earned_by_mail,
  holdouts.held_out_reached,
  CASE
    WHEN cautions.lowest_difference IS NULL THEN 'too_few'
    WHEN cautions.lowest_difference > 0 THEN 'more'
    WHEN cautions.highest_difference < 0 THEN 'less'
    ELSE 'not_shown'
  END AS verdict,
  NULLIF(TRIM(CONCAT(about_numbers, about_before, about_reached, about_both)), '') AS caution
FROM cautions
INNER JOIN holdouts
  ON holdouts.organization_id = cautions.organization_id
