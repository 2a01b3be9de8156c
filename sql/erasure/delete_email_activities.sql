-- Deletes the activities of @organization_id that are of erased people, or name one.
DELETE FROM `${dataset}`.`email_activities`
WHERE organization_id = @organization_id
  AND (contact_id IN UNNEST(@contact_ids) OR contact_email IN UNNEST(@emails) OR activity_id IN UNNEST(@row_ids))
