-- Records in `contacts_seen`, one row per contact and pass, which contacts are in a batch of the pass @pass_id.
--
-- Insert-only: recording the batch again adds nothing. Run it before or after the batch's MERGE, but before the checkpoint
-- moves past the batch. `${batch}` in `${staging}`: the batch's own table, of the columns of `contacts`.
MERGE `${staging}`.`contacts_seen` AS T
USING (
  SELECT DISTINCT organization_id, contact_id
  FROM `${staging}`.`${batch}`
) AS S
ON T.organization_id = S.organization_id
  AND T.pass_id = @pass_id
  AND T.contact_id = S.contact_id
WHEN NOT MATCHED THEN
  INSERT (organization_id, pass_id, contact_id)
  VALUES (S.organization_id, @pass_id, S.contact_id)
