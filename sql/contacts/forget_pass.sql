-- Deletes the rows of `contacts_seen` of the pass @pass_id of @organization_id, which is over.
--
-- Run it when the next pass begins: whoever still works at the one that is over then marks nobody, see mark_vanished.sql.
DELETE FROM `${staging}`.`contacts_seen`
WHERE organization_id = @organization_id
  AND pass_id = @pass_id
