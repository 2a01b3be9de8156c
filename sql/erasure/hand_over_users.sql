-- Gives the claims of @organization_id that a user is one of @contact_ids to the contact @heirs, who has the same address.
UPDATE `${dataset}`.`users`
SET contact_id = (SELECT MAX(heir) FROM UNNEST(@heirs) AS heir)
WHERE organization_id = @organization_id
  AND contact_id IN UNNEST(@contact_ids)
