-- Returns one row per text of @organization_id in which somebody may be named besides the columns for it: the details of an
-- activity, such as the address that it was forwarded to, and rows that could not be understood.
SELECT 'email_activities' AS source, activity_id AS row_id, TO_JSON_STRING(detail) AS text
FROM `${dataset}`.`email_activities`
WHERE organization_id = @organization_id
  AND REGEXP_CONTAINS(TO_JSON_STRING(detail), r'@|%40')
UNION ALL
SELECT 'unreadable_rows', row_id, raw
FROM `${dataset}`.`unreadable_rows`
WHERE organization_id = @organization_id
