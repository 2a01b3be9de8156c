-- Updates `runs`, one row per run of an account, from a batch; merging the same batch again changes nothing.
--
-- The newer row wins, an unchanged one is not rewritten, and created_at stays that of the first. `${batch}` in
-- `${staging}`: the batch's own table, of the same columns.
MERGE `${dataset}`.`runs` AS T
USING (
  SELECT *
  FROM `${staging}`.`${batch}`
  QUALIFY ROW_NUMBER() OVER (
    PARTITION BY organization_id, run_id
    ORDER BY updated_at DESC NULLS LAST, row_hash ASC NULLS LAST
  ) = 1
) AS S
ON T.organization_id = S.organization_id
  AND T.run_id = S.run_id
WHEN MATCHED
  AND (
    (S.updated_at > T.updated_at AND S.row_hash <> T.row_hash)
    -- Stored while a clock was wrong: when it was written is unknown.
    OR (T.updated_at > CURRENT_TIMESTAMP() AND S.updated_at < T.updated_at)
  )
THEN
  UPDATE SET
    began_at = S.began_at,
    ended_at = S.ended_at,
    outcome = S.outcome,
    campaigns = S.campaigns,
    due = S.due,
    failures = S.failures,
    unfinished = S.unfinished,
    forecast_requests = S.forecast_requests,
    requests = S.requests,
    contacts_requests = S.contacts_requests,
    throttled_requests = S.throttled_requests,
    retries = S.retries,
    activities_read = S.activities_read,
    activities_new = S.activities_new,
    unreadable_rows = S.unreadable_rows,
    contacts_changed = S.contacts_changed,
    bytes_billed = S.bytes_billed,
    row_hash = S.row_hash,
    updated_at = S.updated_at
WHEN NOT MATCHED THEN
  INSERT (
    organization_id, run_id, began_at, ended_at, outcome, campaigns, due, failures, unfinished, forecast_requests,
    requests, contacts_requests, throttled_requests, retries, activities_read, activities_new, unreadable_rows,
    contacts_changed, bytes_billed, row_hash, created_at, updated_at
  )
  VALUES (
    S.organization_id, S.run_id, S.began_at, S.ended_at, S.outcome, S.campaigns, S.due, S.failures, S.unfinished,
    S.forecast_requests, S.requests, S.contacts_requests, S.throttled_requests, S.retries, S.activities_read,
    S.activities_new, S.unreadable_rows, S.contacts_changed, S.bytes_billed, S.row_hash, S.created_at, S.updated_at
  )
