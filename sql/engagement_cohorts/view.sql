-- One row is one cohort of contacts, those that first clicked in one month, and one later month: how many of them still clicked.
--
-- Clicks only, without recognised machines: a mail program that opens everything never tires. A month without a click of
-- anybody is missing; one in which only others clicked is there, with 0.
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
  cohort_clickers AS (
    SELECT first_clicks.organization_id, first_clicks.cohort, clicks.month, COUNT(*) AS clickers
    FROM first_clicks
    INNER JOIN clicks
      ON clicks.organization_id = first_clicks.organization_id
      AND clicks.contact_key = first_clicks.contact_key
    GROUP BY first_clicks.organization_id, first_clicks.cohort, clicks.month
  ),
  months_with_clicks AS (
    SELECT DISTINCT organization_id, month
    FROM clicks
  ),
  -- Also the months in which nobody of a cohort clicked: it is the one that has gone quiet.
  cohort_months AS (
    SELECT
      sizes.organization_id, sizes.cohort, months.month, sizes.cohort_size,
      COALESCE(cohort_clickers.clickers, 0) AS clickers
    FROM cohort_sizes AS sizes
    INNER JOIN months_with_clicks AS months
      ON months.organization_id = sizes.organization_id
      AND months.month >= sizes.cohort
    LEFT JOIN cohort_clickers
      ON cohort_clickers.organization_id = sizes.organization_id
      AND cohort_clickers.cohort = sizes.cohort
      AND cohort_clickers.month = months.month
  )
SELECT
  organization_id,
  cohort,
  month,
  DATE_DIFF(month, cohort, MONTH) AS months_later,
  cohort_size,
  clickers,
  SAFE_DIVIDE(clickers, cohort_size) AS retained_share
FROM cohort_months
