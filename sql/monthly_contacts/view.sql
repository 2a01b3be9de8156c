-- One row is one month of one account, or all its time (month NULL): how many contacts opened and clicked, each counted once.
--
-- Months are those of the account's reporting_time_zone.
WITH
  contact_periods AS (
    SELECT organization_id, contact_key, month, has_opened, has_clicked, has_raw_opened, has_raw_clicked
    FROM `${dataset}`.`contact_months`
    UNION ALL
    SELECT
      organization_id, contact_key, CAST(NULL AS DATE), LOGICAL_OR(has_opened), LOGICAL_OR(has_clicked),
      LOGICAL_OR(has_raw_opened), LOGICAL_OR(has_raw_clicked)
    FROM `${dataset}`.`contact_months`
    GROUP BY organization_id, contact_key
  )
SELECT
  organization_id,
  month,
  COUNTIF(has_opened) AS openers,
  COUNTIF(has_clicked) AS clickers,
  COUNTIF(has_raw_opened) AS raw_openers,
  COUNTIF(has_raw_clicked) AS raw_clickers
FROM contact_periods
GROUP BY organization_id, month
