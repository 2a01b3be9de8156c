-- Adds to `runs`, one row per run of an account, from a batch; merging the same batch again changes nothing.
--
-- A run that is over stays as it is: a MERGE that updates would be billed for the whole table. `${batch}` in
-- `${staging}`: the batch's own table, of the same columns.
MERGE `${dataset}`.`runs` AS T
USING (
  SELECT *
  FROM `${staging}`.`${batch}`
  QUALIFY ROW_NUMBER() OVER (PARTITION BY organization_id, run_id ORDER BY created_at ASC NULLS LAST) = 1
) AS S
ON T.organization_id = S.organization_id
  AND T.run_id = S.run_id
WHEN NOT MATCHED THEN
  INSERT (
    organization_id, run_id, began_at, ended_at, outcome, campaigns, due, failures, unfinished, forecast_requests,
    requests, contacts_requests, throttled_requests, retries, activities_read, activities_new, unreadable_rows,
    contacts_changed, bytes_billed, created_at
  )
  VALUES (
    S.organization_id, S.run_id, S.began_at, S.ended_at, S.outcome, S.campaigns, S.due, S.failures, S.unfinished,
    S.forecast_requests, S.requests, S.contacts_requests, S.throttled_requests, S.retries, S.activities_read,
    S.activities_new, S.unreadable_rows, S.contacts_changed, S.bytes_billed, S.created_at
  )
