-- Replaces the ids of erased people in `contacts_seen` of @organization_id, so that a pass still knows how many it has seen.
UPDATE `${staging}`.`contacts_seen`
SET contact_id = CONCAT('erased:', GENERATE_UUID())
WHERE organization_id = @organization_id
  AND contact_id IN UNNEST(@contact_ids)
