-- Returns one row: what the pass @pass_id, which began at @started_at, means for the contacts of @organization_id.
--
-- `unseen`: contacts not marked as deleted that it did not see; `known`: those and the ones that were stored before it (or,
-- by a clock that was wrong, in the future); `seen`: contacts that it saw. @started_at: TIMESTAMP.
WITH
  seen_contacts AS (
    SELECT DISTINCT contact_id
    FROM `${staging}`.`contacts_seen`
    WHERE organization_id = @organization_id
      AND pass_id = @pass_id
  ),
  stored_contacts AS (
    SELECT
      contacts.created_at < @started_at OR contacts.created_at > CURRENT_TIMESTAMP() AS was_stored_before,
      seen_contacts.contact_id IS NULL AS is_unseen
    FROM `${dataset}`.`contacts` AS contacts
    LEFT JOIN seen_contacts ON seen_contacts.contact_id = contacts.contact_id
    WHERE contacts.organization_id = @organization_id
      AND contacts.deleted_at IS NULL
  )
SELECT
  COUNT(CASE WHEN is_unseen OR was_stored_before THEN 1 END) AS known,
  COUNT(CASE WHEN is_unseen THEN 1 END) AS unseen,
  (SELECT COUNT(*) FROM seen_contacts) AS seen
FROM stored_contacts
