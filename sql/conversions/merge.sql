-- Updates `conversions`, one row per conversion, from a batch; merging the same batch again changes nothing.
--
-- The newer load wins (updated_at is when it was loaded), an unchanged conversion is not rewritten, and created_at stays
-- that of the first. `${batch}` in `${staging}`: the batch's own table, of the same columns.
MERGE `${dataset}`.`conversions` AS T
USING (
  -- MERGE would insert both of two rows with a new key.
  SELECT *
  FROM `${staging}`.`${batch}`
  QUALIFY ROW_NUMBER() OVER (
    PARTITION BY organization_id, conversion_id
    ORDER BY updated_at DESC NULLS LAST, converted_at DESC NULLS LAST, row_hash ASC NULLS LAST
  ) = 1
) AS S
ON T.organization_id = S.organization_id
  AND T.conversion_id = S.conversion_id
WHEN MATCHED
  AND (
    (S.updated_at > T.updated_at AND S.row_hash <> T.row_hash)
    -- Stored while a clock was wrong: when it was read is unknown.
    OR (T.updated_at > CURRENT_TIMESTAMP() AND S.updated_at < T.updated_at)
  )
THEN
  UPDATE SET
    user_id = S.user_id,
    email = S.email,
    converted_at = S.converted_at,
    value = S.value,
    currency = S.currency,
    kind = S.kind,
    refund_of = S.refund_of,
    row_hash = S.row_hash,
    updated_at = S.updated_at
WHEN NOT MATCHED THEN
  INSERT (
    organization_id, conversion_id, user_id, email, converted_at, value, currency, kind, refund_of, row_hash,
    created_at, updated_at
  )
  VALUES (
    S.organization_id, S.conversion_id, S.user_id, S.email, S.converted_at, S.value, S.currency, S.kind, S.refund_of,
    S.row_hash, S.created_at, S.updated_at
  )
