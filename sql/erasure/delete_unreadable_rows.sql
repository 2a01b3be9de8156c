-- Deletes the rows of @organization_id that could not be understood and name an erased person.
DELETE FROM `${dataset}`.`unreadable_rows`
WHERE organization_id = @organization_id
  AND row_id IN UNNEST(@row_ids)
