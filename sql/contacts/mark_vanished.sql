-- Sets deleted_at on each contact of @organization_id that the complete pass @pass_id did not see.
--
-- Contacts already marked keep the time at which they were first missing, so marking again changes nothing. A pass that
-- saw nobody marks everybody: the account was emptied. The rows of `contacts_seen` must therefore outlive this statement and
-- its repetitions: see forget_other_passes.sql. @at: TIMESTAMP.
UPDATE `${dataset}`.`contacts` AS T
SET deleted_at = @at, updated_at = @at
WHERE T.organization_id = @organization_id
  AND T.deleted_at IS NULL
  AND NOT EXISTS (
    SELECT 1
    FROM `${staging}`.`contacts_seen` AS S
    WHERE S.organization_id = T.organization_id
      AND S.pass_id = @pass_id
      AND S.contact_id = T.contact_id
  )
