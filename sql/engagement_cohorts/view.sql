-- One row is one cohort of contacts, those that first clicked in one month, and one later month: how many of them still clicked.
--
-- Clicks only, without recognised machines: a mail program that opens everything never tires. The months without a click
-- of anybody are missing, as nothing can be divided by them.
WITH
  clicks AS (
    SELECT organization_id, contact_key, month
    FROM `${dataset}`.`contact_months`
    WHERE has_clicked
  ),
  first_clicks AS (
    SELECT organization_id, contact_key, MIN(month) AS cohort
    FROM clicks
    GROUP BY organization_id, contact_key
  ),
  cohort_sizes AS (
    SELECT organization_id, cohort, COUNT(*) AS cohort_size
    FROM first_clicks
    GROUP BY organization_id, cohort
  ),
  cohort_months AS (
    SELECT first_clicks.organization_id, first_clicks.cohort, clicks.month, COUNT(*) AS clickers
    FROM first_clicks
    INNER JOIN clicks
      ON clicks.organization_id = first_clicks.organization_id
      AND clicks.contact_key = first_clicks.contact_key
    GROUP BY first_clicks.organization_id, first_clicks.cohort, clicks.month
  )
SELECT
  months.organization_id,
  months.cohort,
  months.month,
  DATE_DIFF(months.month, months.cohort, MONTH) AS months_later,
  sizes.cohort_size,
  months.clickers,
  SAFE_DIVIDE(months.clickers, sizes.cohort_size) AS retained_share
FROM cohort_months AS months
INNER JOIN cohort_sizes AS sizes
  ON sizes.organization_id = months.organization_id
  AND sizes.cohort = months.cohort
