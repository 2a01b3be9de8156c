-- One row is one account that chose in which time zone its days and months are counted; for all others that is UTC.
--
-- `sendtrail attribution set` accepts only names that exist, spelt as they are: an engine that is given another one fails.
SELECT organization_id, TRIM(value) AS time_zone
FROM `${dataset}`.`attribution_settings`
WHERE name = 'reporting_time_zone' AND TRIM(value) <> ''
QUALIFY ROW_NUMBER() OVER (
  PARTITION BY organization_id
  ORDER BY updated_at DESC NULLS LAST, value ASC NULLS LAST
) = 1
