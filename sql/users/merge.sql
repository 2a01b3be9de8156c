-- Adds claims that a user is a contact to `users`, one row per claim, from a batch; a claim that is there is not added.
--
-- Nothing is changed or deleted: of two claims to one contact or address, the newer valid_from counts. `${batch}` in
-- `${staging}`: the batch's own table, of the same columns.
MERGE `${dataset}`.`users` AS T
USING (
  -- MERGE would insert both of two rows with a new key.
  SELECT *
  FROM `${staging}`.`${batch}`
  QUALIFY ROW_NUMBER() OVER (
    PARTITION BY organization_id, user_id, contact_id, email, valid_from
    ORDER BY user_id ASC NULLS LAST
  ) = 1
) AS S
ON T.organization_id = S.organization_id
  AND T.user_id = S.user_id
  AND COALESCE(T.contact_id, '') = COALESCE(S.contact_id, '')
  AND COALESCE(T.email, '') = COALESCE(S.email, '')
  AND COALESCE(UNIX_MICROS(T.valid_from), 0) = COALESCE(UNIX_MICROS(S.valid_from), 0)
WHEN NOT MATCHED THEN
  INSERT (organization_id, user_id, contact_id, email, valid_from)
  VALUES (S.organization_id, S.user_id, S.contact_id, S.email, S.valid_from)
