-- Deletes the rows of `contacts_seen` of all passes of @organization_id except @pass_id.
--
-- Run it after mark_vanished.sql. The pass's own rows stay until the next pass begins: a worker killed before its
-- checkpoint says "done" marks again, and needs them for it. Without rows of its own the pass is over, and deletes none of
-- those of the pass under way.
DELETE FROM `${staging}`.`contacts_seen`
WHERE organization_id = @organization_id
  AND pass_id <> @pass_id
  AND EXISTS (
    SELECT 1
    FROM `${staging}`.`contacts_seen` AS own
    WHERE own.organization_id = @organization_id
      AND own.pass_id = @pass_id
  )
