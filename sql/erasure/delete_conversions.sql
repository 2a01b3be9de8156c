-- Deletes the conversions of @organization_id that are of erased people.
DELETE FROM `${dataset}`.`conversions`
WHERE organization_id = @organization_id
  AND (email IN UNNEST(@emails) OR user_id IN UNNEST(@user_ids))
