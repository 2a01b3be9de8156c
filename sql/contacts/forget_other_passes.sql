-- Deletes from `contacts_seen` what every pass of @organization_id but @pass_id saw.
--
-- Run it after mark_vanished.sql. The pass's own rows stay until the next pass is over: a worker killed before its
-- checkpoint says "done" marks again, and without them that would mark every contact of the account.
DELETE FROM `${staging}`.`contacts_seen`
WHERE organization_id = @organization_id
  AND pass_id <> @pass_id
