-- Updates `contacts`, one row per contact, from a batch; merging the same batch again changes nothing.
--
-- The newer reading wins (updated_at is when it was read), an unchanged contact is not rewritten, and created_at stays
-- that of the first. A contact that had disappeared and is seen again gets deleted_at from the account. One that is to be
-- erased comes without its address, deleted when it was read: it keeps the address that is stored, which leads to what else is
-- theirs, and since when it was deleted.
-- `${batch}` in `${staging}`: the batch's own table, of the same columns.
MERGE `${dataset}`.`contacts` AS T
USING (
  -- A contact may be in a batch twice: pages shift while they are read.
  SELECT
    *,
    COALESCE(email IS NULL AND deleted_at = updated_at, FALSE) AS is_gone
  FROM `${staging}`.`${batch}`
  QUALIFY ROW_NUMBER() OVER (
    PARTITION BY organization_id, contact_id
    ORDER BY updated_at DESC NULLS LAST, updated_date DESC NULLS LAST, row_hash ASC NULLS LAST
  ) = 1
) AS S
ON T.organization_id = S.organization_id
  AND T.contact_id = S.contact_id
WHEN MATCHED
  AND (
    (S.updated_at > T.updated_at AND (
      S.row_hash <> T.row_hash
      OR (S.deleted_at IS DISTINCT FROM T.deleted_at AND (T.deleted_at IS NULL OR NOT S.is_gone))
    ))
    -- Stored while a clock was wrong: when it was read is unknown.
    OR (T.updated_at > CURRENT_TIMESTAMP() AND S.updated_at < T.updated_at)
  )
THEN
  UPDATE SET
    email = IF(S.is_gone, T.email, S.email),
    first_name = S.first_name,
    last_name = S.last_name,
    phone = S.phone,
    created_date = S.created_date,
    updated_date = S.updated_date,
    tags = S.tags,
    lists = S.lists,
    status = S.status,
    list_statuses = S.list_statuses,
    deleted_at = IF(S.is_gone, COALESCE(T.deleted_at, S.deleted_at), S.deleted_at),
    row_hash = S.row_hash,
    updated_at = S.updated_at,
    mpp_tracking = S.mpp_tracking
WHEN NOT MATCHED THEN
  INSERT (
    organization_id, contact_id, email, first_name, last_name, phone, created_date, updated_date, tags, lists, status,
    list_statuses, deleted_at, row_hash, created_at, updated_at, mpp_tracking
  )
  VALUES (
    S.organization_id, S.contact_id, S.email, S.first_name, S.last_name, S.phone, S.created_date, S.updated_date, S.tags,
    S.lists, S.status, S.list_statuses, S.deleted_at, S.row_hash, S.created_at, S.updated_at, S.mpp_tracking
  )
