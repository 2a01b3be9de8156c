-- Updates `messages`, one row per message of a campaign, from a batch; merging the same batch again changes nothing.
--
-- The newer reading wins (updated_at is when it was read), an unchanged message is not rewritten, and created_at stays
-- that of the first. `${batch}` in `${staging}`: the batch's own table, of the same columns.
MERGE `${dataset}`.`messages` AS T
USING (
  SELECT *
  FROM `${staging}`.`${batch}`
  QUALIFY ROW_NUMBER() OVER (
    PARTITION BY organization_id, campaign_id, message_id
    ORDER BY updated_at DESC NULLS LAST, row_hash ASC NULLS LAST
  ) = 1
) AS S
ON T.organization_id = S.organization_id
  AND T.campaign_id = S.campaign_id
  AND T.message_id = S.message_id
WHEN MATCHED
  AND (
    (S.updated_at > T.updated_at AND S.row_hash <> T.row_hash)
    -- Stored while a clock was wrong: when it was read is unknown.
    OR (T.updated_at > CURRENT_TIMESTAMP() AND S.updated_at < T.updated_at)
  )
THEN
  UPDATE SET
    subject = S.subject,
    row_hash = S.row_hash,
    updated_at = S.updated_at
WHEN NOT MATCHED THEN
  INSERT (organization_id, campaign_id, message_id, subject, row_hash, created_at, updated_at)
  VALUES (S.organization_id, S.campaign_id, S.message_id, S.subject, S.row_hash, S.created_at, S.updated_at)
