-- One row is one way to a conversion, the campaigns touched in their order, and one currency. The row of no steps is of the conversions that no e-mail touched.
--
-- Touches of one campaign in a row are one step. Of a way of more than 10 steps the last 10 are told, after "...".
WITH
  compared AS (
    SELECT
      *,
      LAG(campaign_id) OVER (PARTITION BY organization_id, conversion_id ORDER BY position ASC NULLS LAST) AS campaign_before
    FROM `${dataset}`.`attribution_touches`
  ),
  marked AS (
    SELECT *, CASE WHEN position = 1 OR campaign_id <> campaign_before THEN 1 ELSE 0 END AS is_step
    FROM compared
  ),
  counted AS (
    SELECT
      *,
      SUM(is_step) OVER (
        PARTITION BY organization_id, conversion_id
        ORDER BY position DESC NULLS LAST
        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
      ) AS steps_to_go
    FROM marked
  ),
  ways AS (
    SELECT
      organization_id,
      conversion_id,
      MAX(currency) AS currency,
      MAX(value) AS value,
      MAX(touches) AS touches,
      MAX(UNIX_MICROS(converted_at)) - MIN(UNIX_MICROS(touched_at)) AS duration_us,
      CAST(SUM(is_step) AS INT64) AS steps,
      STRING_AGG(CASE WHEN is_step = 1 AND steps_to_go <= 10 THEN CAST(campaign_id AS STRING) END, ' > ' ORDER BY position ASC)
        AS campaign_ids,
      STRING_AGG(CASE WHEN is_step = 1 AND steps_to_go <= 10 THEN campaign_name END, ' > ' ORDER BY position ASC)
        AS campaign_names
    FROM counted
    GROUP BY organization_id, conversion_id
  ),
  abridged AS (
    SELECT
      * EXCEPT (steps, campaign_ids, campaign_names),
      LEAST(steps, 11) AS steps,
      CASE WHEN steps > 10 THEN CONCAT('... > ', campaign_ids) ELSE campaign_ids END AS campaign_ids,
      CASE WHEN steps > 10 THEN CONCAT('... > ', campaign_names) ELSE campaign_names END AS campaign_names
    FROM ways
  )
SELECT
  organization_id,
  currency,
  campaign_ids,
  MAX(campaign_names) AS campaign_names,
  steps,
  COUNT(*) AS conversions,
  SUM(value) AS value,
  CAST(SUM(touches) AS INT64) AS touches,
  ROUND(CAST(SUM(duration_us) AS FLOAT64) / COUNT(*) / 86400000000, 2) AS average_days
FROM abridged
GROUP BY organization_id, currency, campaign_ids, steps
