-- Deletes the rows of `contacts_seen` of all passes of @organization_id except @pass_id.
--
-- Run it after mark_vanished.sql. The pass's own rows stay until the next pass is over: a worker killed before its
-- checkpoint says "done" marks again, and without them that would mark every contact of the account.
DELETE FROM `${staging}`.`contacts_seen`
WHERE organization_id = @organization_id
  AND pass_id <> @pass_id
