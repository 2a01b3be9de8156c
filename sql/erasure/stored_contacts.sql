-- Returns one row per contact of @organization_id: since when it is deleted, NULL if it is not, and when it was last read.
SELECT contact_id, deleted_at, updated_at
FROM `${dataset}`.`contacts`
WHERE organization_id = @organization_id
