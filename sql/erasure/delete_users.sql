-- Deletes the claims about erased people of @organization_id, those for all accounts included.
DELETE FROM `${dataset}`.`users`
WHERE COALESCE(organization_id, @organization_id) = @organization_id
  AND (
    email IN UNNEST(@emails)
    OR user_id IN UNNEST(@user_ids)
    OR (contact_id IN UNNEST(@contact_ids) AND organization_id IS NOT NULL)
  )
