-- Updates `attribution_settings`, one row per setting, from a batch; merging the same batch again changes nothing.
--
-- The newer choice wins (updated_at), and created_at stays that of the first. `${batch}` in `${staging}`: the batch's own
-- table, of the same columns.
MERGE `${dataset}`.`attribution_settings` AS T
USING (
  -- MERGE would insert both of two rows with a new key.
  SELECT *
  FROM `${staging}`.`${batch}`
  QUALIFY ROW_NUMBER() OVER (
    PARTITION BY organization_id, name
    ORDER BY updated_at DESC NULLS LAST, row_hash ASC NULLS LAST
  ) = 1
) AS S
ON T.organization_id = S.organization_id
  AND T.name = S.name
WHEN MATCHED
  AND (
    (S.updated_at > T.updated_at AND S.row_hash <> T.row_hash)
    -- Stored while a clock was wrong: when it was read is unknown.
    OR (T.updated_at > CURRENT_TIMESTAMP() AND S.updated_at < T.updated_at)
  )
THEN
  UPDATE SET
    value = S.value,
    row_hash = S.row_hash,
    updated_at = S.updated_at
WHEN NOT MATCHED THEN
  INSERT (organization_id, name, value, row_hash, created_at, updated_at)
  VALUES (S.organization_id, S.name, S.value, S.row_hash, S.created_at, S.updated_at)
