-- Deletes the contacts of @organization_id who were erased.
DELETE FROM `${dataset}`.`contacts`
WHERE organization_id = @organization_id
  AND (contact_id IN UNNEST(@contact_ids) OR email IN UNNEST(@emails))
