-- Brings `unreadable_rows`, one row per row of a report that could not be understood, up to a batch of them; merging the
-- batch again changes nothing.
--
-- `${batch}` in `${staging}`: the batch's own table, of the same columns.
MERGE `${dataset}`.`unreadable_rows` AS T
USING (
  -- MERGE would insert both of two rows with a new key.
  SELECT *
  FROM `${staging}`.`${batch}`
  QUALIFY ROW_NUMBER() OVER (
    PARTITION BY organization_id, row_id
    ORDER BY updated_at DESC NULLS LAST, page ASC NULLS LAST
  ) = 1
) AS S
ON T.organization_id = S.organization_id
  AND T.row_id = S.row_id
WHEN MATCHED
  AND (
    S.updated_at > T.updated_at
    -- Stored while a clock was wrong: when it was read is unknown.
    OR (T.updated_at > CURRENT_TIMESTAMP() AND S.updated_at < T.updated_at)
  )
THEN
  UPDATE SET
    page = S.page,
    reason = S.reason,
    run_id = S.run_id,
    updated_at = S.updated_at
WHEN NOT MATCHED THEN
  INSERT (
    organization_id, row_id, campaign_id, message_id, report, page, reason, raw, run_id, created_at, updated_at
  )
  VALUES (
    S.organization_id, S.row_id, S.campaign_id, S.message_id, S.report, S.page, S.reason, S.raw, S.run_id, S.created_at,
    S.updated_at
  )
